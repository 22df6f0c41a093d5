// Loads every file that declares operations of the module torch and methods of its tensors.
import '../tensor.ts';
import './elementwise.ts';
import './reductions.ts';
import './reshaping.ts';
import './diagonals.ts';
import './joining.ts';
import './lookup.ts';
import './sorting.ts';
import './conversion.ts';
import './creation.ts';
import './random.ts';
import './products.ts';
import './fourier.ts';
import './types.ts';
import './tail.ts';
