"""Hugging Face Trainer: a callback of ours is told of every log, as the program prints it."""
import functools

from . import metrics, program

# Said once at the end about the whole: no series.
_SUMMARIES = ('train_runtime', 'train_samples_per_second', 'train_steps_per_second', 'total_flos', 'train_loss')


def hook(name, module):
    trainer, base = module.Trainer, module.TrainerCallback
    construct, train = trainer.__init__, trainer.train

    class InlayerListener(base):
        place = None

        def on_train_begin(self, arguments, state, control, **_):
            if not state.is_world_process_zero:
                return
            epochs = arguments.num_train_epochs
            steps = state.max_steps
            metrics.writer.plan(
                'transformers', epochs=state.num_train_epochs or epochs, stepsPerEpoch=max(1, round(steps / epochs)) if steps and epochs else None,
                backend='transformers %s (%s)' % (_version(), arguments.device), place=self.place, knobs={'epochs': self.place} if self.place else None,
            )

        def on_log(self, arguments, state, control, logs=None, **_):
            if not state.is_world_process_zero or not logs:
                return
            values = {}
            for key, value in logs.items():
                value = metrics.scalar(value)
                if value is not None and key != 'epoch' and key not in _SUMMARIES and not key.endswith(('_runtime', '_per_second')):
                    values[key] = value
            if values:
                metrics.writer.step(state.global_step, values, float(state.epoch) if state.epoch is not None else None)
            loss = values.get('loss')
            if loss is not None and loss - loss != 0:
                metrics.writer.note('non-finite-loss', 'loss', step=state.global_step, place=self.place)

    @functools.wraps(construct)
    def __init__(self, *arguments, **named):
        construct(self, *arguments, **named)
        try:
            if metrics.writer.alive:
                self.add_callback(InlayerListener())
        except Exception:
            metrics.trouble()

    @functools.wraps(train)
    def owned_train(self, *arguments, **named):
        writer = metrics.writer
        before, writer.owner = writer.owner, 'transformers'
        InlayerListener.place = program.users_place(2)
        try:
            return train(self, *arguments, **named)
        finally:
            writer.owner = before

    trainer.__init__ = __init__
    trainer.train = owned_train


def _version():
    import transformers
    return transformers.__version__
