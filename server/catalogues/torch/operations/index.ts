// Loads every file that declares operations of the module torch and methods of its tensors.
import '../tensor.ts';
import './basic.ts';
