# Records what a program does with Keras or PyTorch: which layer was made on which line, what its calls gave, which models there are.
# It hooks the two base classes (keras.Layer, torch.nn.Module) and knows neither the data nor how the program is run.
import sys


class Recorder:
    # `belongs` says whether a file is part of the program.
    def __init__(self, belongs):
        self.belongs = belongs
        self.layers = {}      # id(layer) → entry, in order of construction
        self.values = []      # what assignments, returns and bare expressions gave
        self.calls = []       # what layers gave where the program itself calls them
        self.revealed = []
        self.active = False

    def place_of(self, frame):
        positions = list(frame.f_code.co_positions())
        line, end, _, _ = positions[frame.f_lasti // 2] if frame.f_lasti // 2 < len(positions) else (None, None, None, None)
        return {'file': frame.f_code.co_filename, 'line': line or frame.f_lineno, 'endLine': end or frame.f_lineno}

    # The program's line that asked for `thing`, and whether the program did so itself or a library did on its way.
    # Frames of the object's own __init__ (a user's subclass included), of __new__ and of wrappers are looked through.
    def origin(self, thing, frame):
        direct = True
        while frame is not None:
            code = frame.f_code
            own = code.co_argcount > 0 and frame.f_locals.get(code.co_varnames[0]) is thing
            if not own and code.co_name not in ('__new__', '_call_impl', '_wrapped_call_impl') and not transparent(code):
                if self.belongs(code.co_filename):
                    return self.place_of(frame), direct
                direct = False
            frame = frame.f_back
        return None, False

    def made(self, thing, framework):
        if not self.active or id(thing) in self.layers:
            return
        place, direct = self.origin(thing, sys._getframe(2))
        if place is not None:
            self.layers[id(thing)] = {'object': thing, 'framework': framework, 'direct': direct, 'outputs': [], 'symbolic': False, 'calls': 0, **place}

    def called(self, thing, output, symbolic):
        entry = self.layers.get(id(thing))
        if not self.active:
            return
        if entry is None:
            # A copy: no constructor of it ran.
            entry = {'symbolic': False, 'outputs': [], 'calls': 0}
        # A symbolic call has the batch as None, which is what a reader wants to see; training repeats it with real sizes.
        if entry['symbolic'] and not symbolic:
            return
        if symbolic and not entry['symbolic']:
            entry['symbolic'], entry['outputs'] = True, []
        shape = shape_text(output)
        entry['calls'] += 1
        place, direct = self.origin(thing, sys._getframe(2))
        if place is not None and direct and shape is not None:
            call = {**place, 'shape': shape}
            if call not in self.calls:
                self.calls.append(call)
        if shape is not None and shape not in entry['outputs']:
            entry['outputs'].append(shape)

    def value(self, line, end, file, value):
        if self.active:
            shape = shape_text(value)
            if shape is not None:
                entry = {'file': file, 'line': line, 'endLine': end, 'shape': shape, 'function': sys._getframe(1).f_code.co_name}
                if entry not in self.values:
                    self.values.append(entry)
        return value

    def reveal(self, value):
        frame = sys._getframe(1)
        entry = {**self.place_of(frame), 'shape': shape_text(value), 'dtype': dtype_text(value), 'text': safe_text(value), 'type': type(value).__name__}
        span = value_range(value)
        if span:
            entry['range'] = span
        self.revealed.append(entry)
        return value


TRANSPARENT = ('traceback_utils.py', 'tracking.py', 'python_utils.py', 'recording.py')


def transparent(code):
    # torch.nn.Module._call_impl does its work in a function of its own when there are hooks.
    file = code.co_filename
    return file.endswith(TRANSPARENT) or file.startswith('<frozen') or code.co_name == 'inner' and file.endswith('modules/module.py')


def one_shape(value):
    shape = getattr(value, 'shape', None)
    if shape is None or callable(shape):
        return None
    try:
        return tuple(None if length is None else int(length) for length in shape)
    except (TypeError, ValueError):
        return None


# The shape of a tensor or array as Python prints the tuple; several outputs as a tuple of shapes, a dict as a dict.
def shape_text(value):
    shape = one_shape(value)
    if shape is not None:
        return str(shape)
    if isinstance(value, dict) and value:
        parts = {key: shape_text(one) for key, one in value.items()}
        return None if None in parts.values() else '{' + ', '.join(f'{key!r}: {part}' for key, part in parts.items()) + '}'
    if isinstance(value, (list, tuple)) and value:
        parts = [shape_text(one) for one in value]
        return None if None in parts else '(' + ', '.join(parts) + (',)' if len(parts) == 1 else ')')
    return None


def dtype_text(value):
    dtype = getattr(value, 'dtype', None)
    if dtype is None:
        return None
    return str(getattr(dtype, 'name', dtype)).replace('torch.', '')


def safe_text(value):
    try:
        return repr(value)[:200]
    except Exception:
        return type(value).__name__


def value_range(value):
    try:
        if hasattr(value, 'detach'):
            value = value.detach()
        return [float(value.min()), float(value.max())]
    except Exception:
        try:
            import numpy
            array = numpy.asarray(value)
            return [float(array.min()), float(array.max())] if array.dtype.kind in 'iufb' and array.size else None
        except Exception:
            return None


def hook_keras(recorder):
    from keras.src import backend
    from keras.src.layers.layer import Layer
    from keras.src.utils import tracking  # noqa: F401  (loaded so that its frames are known)
    initialize, call = Layer.__init__, Layer.__call__

    def recorded_initialize(self, *arguments, **options):
        recorder.made(self, 'keras')
        return initialize(self, *arguments, **options)

    def recorded_call(self, *arguments, **options):
        output = call(self, *arguments, **options)
        recorder.called(self, output, any_symbolic(output, backend.KerasTensor))
        return output

    Layer.__init__, Layer.__call__ = recorded_initialize, recorded_call


def any_symbolic(value, kind):
    if isinstance(value, (list, tuple)):
        return any(any_symbolic(one, kind) for one in value)
    if isinstance(value, dict):
        return any(any_symbolic(one, kind) for one in value.values())
    return isinstance(value, kind)


def hook_torch(recorder):
    from torch.nn.modules import module
    initialize = module.Module.__init__

    def recorded_initialize(self, *arguments, **options):
        recorder.made(self, 'torch')
        return initialize(self, *arguments, **options)

    module.Module.__init__ = recorded_initialize
    module.register_module_forward_hook(lambda layer, inputs, output: recorder.called(layer, output, False))


def total(weights):
    count = 0
    for weight in weights:
        size = 1
        for length in weight.shape:
            size *= int(length)
        count += size
    return count


def keras_facts(entry):
    layer = entry['object']
    facts = {'name': getattr(layer, 'name', None), 'built': bool(getattr(layer, 'built', False)), 'params': None, 'trainable': None}
    try:
        facts['params'], facts['trainable'] = layer.count_params(), total(layer.trainable_weights)
    except Exception:
        pass
    return facts


def torch_facts(entry):
    from torch.nn.parameter import UninitializedTensorMixin
    module = entry['object']
    if '_parameters' not in module.__dict__:
        return {'name': None, 'params': None, 'trainable': None}
    parameters = [one for one in module.parameters() if not isinstance(one, UninitializedTensorMixin)]
    return {'name': None, 'params': total(parameters), 'trainable': total(one for one in parameters if one.requires_grad)}


def keras_model(entry, facts):
    model = entry['object']
    rows = []
    for layer in model.layers:
        try:
            output = shape_text(layer.output)
        except Exception:
            output = None
        try:
            params = layer.count_params()
        except Exception:
            params = None
        rows.append({'name': layer.name, 'class': type(layer).__name__, 'output': output, 'params': params})
    return rows, 0 if facts['params'] is None else facts['params'] - facts['trainable']


def report(recorder):
    layers, models = [], []
    inner_modules = set()
    for entry in recorder.layers.values():
        if entry['framework'] == 'torch' and '_modules' in entry['object'].__dict__:
            inner_modules.update(id(one) for one in entry['object'].modules() if one is not entry['object'])
    for entry in recorder.layers.values():
        thing, keras = entry['object'], entry['framework'] == 'keras'
        facts = keras_facts(entry) if keras else torch_facts(entry)
        place = {key: entry[key] for key in ('file', 'line', 'endLine')}
        if entry['direct']:
            layers.append({'class': type(thing).__name__, **place, **facts, 'outputs': entry['outputs'], 'calls': entry['calls']})
        if keras and hasattr(thing, 'compile') and hasattr(thing, 'fit'):
            rows, frozen = keras_model(entry, facts)
        elif not keras and id(thing) not in inner_modules and '_modules' in thing.__dict__ and next(thing.children(), None) is not None:
            rows = [{'name': name, 'class': type(one).__name__, 'output': (recorder.layers.get(id(one)) or {'outputs': []})['outputs'][:1] or None,
                     'params': total(one.parameters())} for name, one in thing.named_modules() if next(one.children(), None) is None]
            frozen = facts['params'] - facts['trainable']
        else:
            continue
        try:
            output = shape_text(thing.output) if keras else (entry['outputs'] or [None])[0]
        except Exception:
            output = None
        models.append({'name': facts['name'], 'class': type(thing).__name__, **place, 'direct': entry['direct'], 'output': output, 'layers': rows,
                       'params': {'total': facts['params'], 'trainable': facts['trainable'], 'nonTrainable': frozen}})
    return {'layers': layers, 'models': models, 'revealed': recorder.revealed, 'values': recorder.values, 'calls': recorder.calls}
