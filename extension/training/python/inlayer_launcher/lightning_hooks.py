"""Lightning (both package names): every Trainer gets a callback of ours. While it fits, what its loop and its loggers do underneath
is not reported a second time.
"""
import functools

from . import metrics, program


def hook(name, lightning):
    trainer, base = lightning.Trainer, lightning.Callback
    construct, fit = trainer.__init__, trainer.fit

    @functools.wraps(construct)
    def __init__(self, *arguments, **named):
        construct(self, *arguments, **named)
        try:
            if metrics.writer.alive and metrics.writer.owner is None:
                self.callbacks.append(_make(base)(lightning.__version__))
        except Exception:
            metrics.trouble()

    @functools.wraps(fit)
    def owned_fit(self, *arguments, **named):
        writer = metrics.writer
        before, writer.owner = writer.owner, 'lightning'
        for one in getattr(self, 'callbacks', []):
            if type(one).__name__ == '_InlayerListener':
                one.place = program.users_place(2)
        try:
            return fit(self, *arguments, **named)
        finally:
            writer.owner = before

    trainer.__init__ = __init__
    trainer.fit = owned_fit


_classes = {}


def _make(base):
    if base not in _classes:
        _classes[base] = _class(base)
    return _classes[base]


def _class(base):
    class _InlayerListener(base):
        def __init__(self, version):
            self._version = version
            self._told = False
            self.place = None

        def on_train_start(self, trainer, module):
            if not trainer.is_global_zero:
                return
            batches = trainer.num_training_batches
            metrics.writer.plan(
                'lightning', epochs=trainer.max_epochs if (trainer.max_epochs or -1) > 0 else None, stepsPerEpoch=int(batches) if batches and batches != float('inf') else None,
                backend='lightning %s (%s)' % (self._version, module.device), place=self.place, knobs={'epochs': self.place} if self.place else None,
            )

        def on_train_batch_end(self, trainer, module, outputs, batch, batch_index, *_):
            if not trainer.is_global_zero:
                return
            loss = outputs.get('loss') if isinstance(outputs, dict) else outputs
            values = {}
            # On an accelerator each value read waits for it: there, as often as Lightning itself logs.
            every = 1 if str(module.device) == 'cpu' else max(1, trainer.log_every_n_steps)
            if (batch_index + 1) % every == 0:
                for name, value in trainer.logged_metrics.items():
                    # Validation's values stay in there until the next validation: the epoch's line has them.
                    value = None if name.startswith(('val', 'test')) or name.endswith('_epoch') or name == 'epoch' else metrics.scalar(value)
                    if value is not None:
                        values[name[:-5] if name.endswith('_step') else name] = value
                if not any('loss' in name for name in values) and metrics.scalar(loss) is not None:
                    values['loss'] = metrics.scalar(loss)
            for optimizer in trainer.optimizers[:1]:
                values['learning_rate'] = metrics.scalar(optimizer.param_groups[0]['lr'])
            if values.get('learning_rate', 0) is None:
                del values['learning_rate']
            batches = trainer.num_training_batches
            fraction = (batch_index + 1) / batches if batches and batches != float('inf') else None
            if values:
                metrics.writer.step(metrics.writer.steps + trainer.fit_loop.epoch_loop.total_batch_idx + 1, values, None if fraction is None else trainer.current_epoch + fraction)
            if not self._told and any(value - value != 0 for name, value in values.items() if 'loss' in name):
                self._told = True
                metrics.writer.note('non-finite-loss', 'loss', step=trainer.fit_loop.epoch_loop.total_batch_idx + 1, epoch=trainer.current_epoch + 1, place=self.place)

        def on_train_epoch_end(self, trainer, module):
            if not trainer.is_global_zero:
                return
            values = {}
            for name, value in trainer.callback_metrics.items():
                value = metrics.scalar(value)
                if value is not None and not name.endswith('_step'):
                    values[name[:-6] if name.endswith('_epoch') else name] = value
            metrics.writer.epoch(trainer.current_epoch + 1, values, trainer.fit_loop.epoch_loop.total_batch_idx + 1)

    return _InlayerListener
