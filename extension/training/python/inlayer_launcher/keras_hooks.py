"""Keras 3 and tf.keras: a callback of ours goes with every `fit`. Reports what the progress bar prints: running means within an
epoch, then the epoch's values with validation and learning rate.
"""
import inspect
import weakref

from . import metrics, program

_compiled = weakref.WeakKeyDictionary()


def hook(name, keras):
    model = getattr(keras, 'Model', None) or keras.models.Model
    callback_class = keras.callbacks.Callback
    _wrap_fit(_owner(model, 'fit'), _make_callback(keras, callback_class))
    _wrap_compile(_owner(model, 'compile'))


def _owner(model, method):
    return next(one for one in model.__mro__ if method in one.__dict__)


def _wrap_fit(owner, make):
    original = owner.__dict__['fit']
    signature = inspect.signature(original)

    def fit(*arguments, **named):
        writer = metrics.writer
        if writer.owner is not None or not writer.alive:
            return original(*arguments, **named)
        try:
            bound = signature.bind(*arguments, **named)
            given = bound.arguments.get('callbacks')
            ours = make(program.users_place(2), _compiled.get(bound.arguments['self']))
            if hasattr(given, 'append') and hasattr(given, 'set_model'):
                # Already a CallbackList.
                given.append(ours)
            else:
                bound.arguments['callbacks'] = (list(given) if isinstance(given, (list, tuple)) else [given] if given is not None else []) + [ours]
            arguments, named = bound.args, bound.kwargs
        except Exception:
            metrics.trouble()
            return original(*arguments, **named)
        writer.owner = 'keras'
        try:
            return original(*arguments, **named)
        finally:
            writer.owner = None
            ours.finish()
    _dress(fit, original)
    owner.fit = fit


def _wrap_compile(owner):
    original = owner.__dict__['compile']

    def compile(self, *arguments, **named):
        try:
            _compiled[self] = program.users_place(2)
        except Exception:
            metrics.trouble()
        return original(self, *arguments, **named)
    _dress(compile, original)
    owner.compile = compile


def _dress(function, original):
    for name in ('__name__', '__qualname__', '__doc__', '__module__'):
        try:
            setattr(function, name, getattr(original, name))
        except AttributeError:
            pass
    function.__dict__.update(getattr(original, '__dict__', {}))
    function.__wrapped__ = original


def _backend(keras):
    try:
        version = keras.__version__ if isinstance(keras.__version__, str) else ''
        return 'keras %s (%s)' % (version, keras.backend.backend())
    except Exception:
        return 'keras'


def _make_callback(keras, base):
    class Listener(base):
        """Asynchronous dispatch stays possible: all it does is to append to a queue."""
        async_safe = True

        def __init__(self, place, compiled):
            try:
                super().__init__()
            except Exception:
                pass
            self._place = place
            self._compiled = compiled
            self._writer = metrics.writer
            self._first_step = self._writer.steps
            self._first_epoch = self._writer.epochs
            self._done = 0
            self._epoch = 0
            self._told = False
            self._batches = None
            self._last_batch = -1

        # Keras asks for these before the first epoch; nothing else may be assumed of the base class.
        def on_train_begin(self, logs=None):
            parameters = getattr(self, 'params', None) or {}
            self._batches = parameters.get('steps')
            knobs = {'epochs': self._place}
            if self._compiled:
                knobs.update(optimizer=self._compiled, learningRate=self._compiled, loss=self._compiled)
            self._writer.plan(
                'keras', epochs=parameters.get('epochs'), stepsPerEpoch=self._batches, backend=_backend(keras), place=self._place,
                knobs={name: where for name, where in knobs.items() if where},
            )

        def on_epoch_begin(self, epoch, logs=None):
            self._epoch = epoch
            self._last_batch = -1

        def on_train_batch_end(self, batch, logs=None):
            if not logs:
                return
            self._last_batch = max(self._last_batch, batch)
            fraction = (batch + 1) / self._batches if self._batches else None
            self._writer.step(self._first_step + self._done + batch + 1, logs, None if fraction is None else self._first_epoch + self._epoch + fraction)
            loss = logs.get('loss')
            if loss is not None and not self._told and loss - loss != 0:
                self._told = True
                self._writer.note('non-finite-loss', 'loss', step=self._first_step + self._done + batch + 1, epoch=self._first_epoch + self._epoch + 1, place=self._compiled or self._place)

        def on_epoch_end(self, epoch, logs=None):
            self._done += self._last_batch + 1
            self._last_batch = -1
            self._epoch = epoch
            values = dict(logs or {})
            if 'learning_rate' not in values and 'lr' not in values:
                rate = self._rate()
                if rate is not None:
                    values['learning_rate'] = rate
            self._writer.epoch(self._first_epoch + epoch + 1, {name: value for name, value in values.items() if metrics.scalar(value) is not None}, self._first_step + self._done)

        def _rate(self):
            try:
                optimizer = self.model.optimizer
                rate = getattr(optimizer, 'learning_rate', None)
                if rate is None:
                    rate = optimizer.lr
                return float(keras.ops.convert_to_numpy(rate)) if hasattr(keras, 'ops') else float(rate.numpy())
            except Exception:
                return None

        def finish(self):
            self._writer.steps = self._first_step + self._done + max(0, self._last_batch + 1)
            self._writer.epochs = self._first_epoch + self._epoch + 1

    return Listener
