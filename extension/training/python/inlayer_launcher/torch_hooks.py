"""PyTorch loops written by hand: the scalars on which `backward()` is called, the optimizer's learning rate, the gradients' norm
now and then, and the mean of loss modules called without gradients (validation). Silent while a framework's trainer reports.

On the training thread: a tuple for each backward pass. Values on an accelerator are read by the writing thread, many at once.
"""
import collections
import sys
import time

from . import metrics, program
from .torch_cause import find_cause, optimizer_place
from .torch_source import epoch_range, loss_name, loss_names

# Between two looks at the gradients lies at least this many times what one look costs, and this much of the thread's own time (on a
# busy machine the clock runs faster than the program).
_GRADIENT_SHARE = 400
_GRADIENT_SECONDS = 0.5
_EPOCH_NAMES = ('epoch', 'ep', 'epoch_idx', 'epoch_index', 'epoch_num', 'current_epoch', 'i_epoch', 'e')


def hook(name, torch):
    _Loop(torch)


class _Loop(object):
    def __init__(self, torch):
        self._torch = torch
        self._writer = metrics.writer
        self._ready = collections.deque()
        self._names = {}
        self._kept = []
        self._pending = None
        self._seen = set()
        self._expected = set()
        self._is_single = True
        self._step = 0
        self._planned = False
        self._epoch = None
        self._first_epoch = None
        self._epoch_code = None
        self._epoch_name = None
        self._epoch_looked = 0.0
        self._rates = {}
        self._rate_changes = None
        self._gradients_next = 0.0
        self._gradients_bad = False
        self._told = set()
        self._validation = None
        self._validation_time = 0.0
        self._scaled = None
        self._place = None
        self._wrap_backward()
        self._wrap_scaler()
        self._wrap_losses()
        register = getattr(sys.modules['torch.optim.optimizer'], 'register_optimizer_step_post_hook', None)
        if register is not None:
            register(self._after_step)
        self._writer.add_source(self._drain)

    def _wrap_backward(self):
        tensor, loss, writer = self._torch.Tensor, self._loss, self._writer
        original = tensor.backward

        def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
            if writer.owner is None and gradient is None and writer.alive:
                try:
                    loss(self)
                except Exception:
                    metrics.trouble()
            return original(self, gradient, retain_graph, create_graph, inputs)
        backward.__doc__, backward.__wrapped__, backward.__qualname__ = original.__doc__, original, 'Tensor.backward'
        tensor.backward = backward

    def _wrap_scaler(self):
        """A loss scaled for half precision is reported as it was before."""
        loop = self
        scaler = getattr(getattr(self._torch, 'amp', None), 'GradScaler', None)
        if scaler is None:
            return
        original = scaler.scale

        def scale(self, outputs):
            result = original(self, outputs)
            loop._scaled = (result, outputs)
            return result
        scale.__doc__, scale.__wrapped__ = original.__doc__, original
        scaler.scale = scale

    def _wrap_losses(self):
        torch, loop, writer = self._torch, self, self._writer
        loss = torch.nn.modules.loss._Loss
        original = loss.__call__
        compiling = getattr(getattr(torch, 'compiler', None), 'is_compiling', lambda: False)
        is_training = torch.is_grad_enabled

        def __call__(self, *arguments, **named):
            result = original(self, *arguments, **named)
            # In training this is all that is done.
            if is_training() or compiling() or writer.owner is not None or not loop._planned:
                return result
            try:
                loop._validated(result)
            except Exception:
                metrics.trouble()
            return result
        loss.__call__ = __call__

    # On the training thread.

    def _loss(self, tensor, time=time.time, caller=sys._getframe):
        if tensor.dim() and tensor.numel() != 1:
            return
        now = time()
        frame = caller(2)
        # The instruction, not the line: to find a line's number Python reads through a table.
        key = (id(frame.f_code), frame.f_lasti)
        name = self._names.get(key)
        if name is None:
            name = self._name(frame, key)
        if self._scaled is not None:
            if self._scaled[0] is tensor:
                tensor = self._scaled[1]
            self._scaled = None
        if self._validation is not None:
            before = self._epoch
            self._look_for_epoch(frame)
            self._end_validation(before, self._epoch != before)
        pending = self._pending
        if pending is not None and name in pending:
            self._finish()
            pending = None
        if now - self._epoch_looked > 0.2:
            self._epoch_looked = now
            self._look_for_epoch(frame)
        if pending is None:
            self._step += 1
            pending = self._pending = {}
            self._pending_time = now
        if tensor.is_cpu:
            pending[name] = value = tensor.item()
            if value - value != 0 and name not in self._told:
                self._explain(tensor, name, frame)
        else:
            pending[name] = self._kept_value(tensor)

    def _explain(self, tensor, name, frame):
        self._told.add(name)
        self._gradients_bad = True
        self._gradients_next = 0.0
        while frame is not None and not program.is_users(frame.f_code.co_filename):
            frame = frame.f_back
        cause = place = None
        if frame is not None:
            try:
                cause, place = find_cause(self._torch, tensor, name, frame)
            except Exception:
                metrics.trouble()
        self._writer.note('non-finite-loss', name, step=self._step, cause=cause, place=place or self._place)

    def _kept_value(self, tensor):
        """No waiting for the accelerator here. On a stream of the program's own another thread would read too early."""
        torch = self._torch
        if tensor.is_cuda and torch.cuda.current_stream() != torch.cuda.default_stream():
            return tensor.item()
        return tensor.detach()

    def _name(self, frame, key):
        self._kept.append(frame.f_code)
        users = frame
        while users is not None and not program.is_users(users.f_code.co_filename):
            users = users.f_back
        users = users or frame
        name = loss_name(users) or 'loss'
        self._names[key] = name
        self._seen.add(name)
        self._expected |= loss_names(users) | {name}
        self._is_single = len(self._expected) == 1
        if not self._planned:
            self._planned = True
            self._place = {'file': users.f_code.co_filename, 'line': users.f_lineno}
            place = program.users_place(3)
            self._place = place or self._place
            epochs, where, self._epoch_code, self._epoch_name = epoch_range(users, _EPOCH_NAMES)
            self._look_for_epoch(frame)
            knobs = {'loss': self._place}
            if where:
                knobs['epochs'] = where
            optimizer = optimizer_place(self._torch)
            if optimizer:
                knobs.update(optimizer=optimizer, learningRate=optimizer)
            self._writer.plan('torch', call=False, epochs=epochs, backend='torch %s' % self._torch.__version__, place=self._place, knobs=knobs)
        return name

    def _finish(self):
        if self._pending is not None:
            if self._rate_changes:
                self._pending.update(self._rate_changes)
                self._rate_changes = None
            self._ready.append((self._pending_time, self._step, self._epoch, self._pending, False))
            self._pending = None

    def _after_step(self, optimizer, arguments, named):
        pending = self._pending
        if pending is None or self._writer.owner is not None:
            return
        try:
            rate = optimizer.param_groups[0]['lr']
            known = self._rates.get(id(optimizer))
            if known is None:
                known = self._rates[id(optimizer)] = ['learning_rate' if not self._rates else 'learning_rate_%d' % (len(self._rates) + 1), None]
                self._kept.append(optimizer)
            if known[1] != rate:
                known[1] = rate if isinstance(rate, float) else float(rate)
                self._rate_changes = self._rate_changes or {}
                self._rate_changes[known[0]] = known[1]
            if self._step & 15 == 1 and time.thread_time() > self._gradients_next:
                self._look_at_gradients(optimizer)
            # With one loss the iteration ends here; with several (a GAN) when one of them comes again.
            if self._is_single:
                if self._rate_changes is not None:
                    pending.update(self._rate_changes)
                    self._rate_changes = None
                self._ready.append((self._pending_time, self._step, self._epoch, pending, False))
                self._pending = None
        except Exception:
            metrics.trouble()

    def _look_at_gradients(self, optimizer):
        started = time.thread_time()
        torch = self._torch
        gradients = [one.grad for group in optimizer.param_groups for one in group['params'] if one.grad is not None and not one.grad.is_sparse]
        if gradients and hasattr(torch, '_foreach_norm'):
            with torch.no_grad():
                device = gradients[0].device
                norms = torch._foreach_norm([one for one in gradients if one.device == device])
                norm = torch.linalg.vector_norm(torch.stack([one.float() for one in norms]))
            self._pending['gradient_norm'] = norm.item() if norm.is_cpu else norm
        if self._gradients_bad and 'gradient' not in self._told:
            self._blame(gradients, optimizer)
        now = time.thread_time()
        self._gradients_next = now + max(_GRADIENT_SECONDS, (now - started) * _GRADIENT_SHARE)

    def _blame(self, gradients, optimizer):
        """The first parameter, in the model's order, whose gradient is not finite, under the name that the program gives it."""
        torch = self._torch
        bad = {id(one) for group in optimizer.param_groups for one in group['params'] if one.grad is not None and not bool(torch.isfinite(one.grad).all())}
        if not bad:
            return
        self._told.add('gradient')
        frame, name = sys._getframe(1), None
        while frame is not None and name is None:
            if program.is_users(frame.f_code.co_filename):
                for value in list(frame.f_locals.values()):
                    if isinstance(value, torch.nn.Module):
                        name = next((label for label, one in value.named_parameters() if id(one) in bad), None)
                        if name is not None:
                            break
            frame = frame.f_back
        self._writer.note('non-finite-gradient', name or 'gradient', step=self._step, place=self._place)

    def _look_for_epoch(self, frame):
        for _ in range(8):
            if frame is None:
                return
            if program.is_users(frame.f_code.co_filename):
                variables = frame.f_locals
                for name in (self._epoch_name,) if frame.f_code is self._epoch_code else _EPOCH_NAMES:
                    value = variables.get(name)
                    if value.__class__ is int:
                        if self._first_epoch is None:
                            self._first_epoch = value
                        self._epoch = max(0, value - (1 if self._first_epoch == 1 else 0))
                        return
            frame = frame.f_back

    def _validated(self, result):
        if result.numel() != 1:
            return
        if self._validation is None:
            self._finish()
            self._validation = []
        self._validation.append(result.item() if result.is_cpu else result.detach())
        self._validation_time = time.time()

    def _end_validation(self, epoch, is_end):
        """`is_end`: another epoch began behind it, or nothing more comes, so that it measured whole epochs."""
        values, self._validation = self._validation, None
        name = 'val_' + next(iter(sorted(self._seen, key=lambda one: (one != 'loss', one))), 'loss')
        is_end = is_end and epoch is not None
        self._ready.append((self._validation_time, self._step, epoch + 1 if is_end else epoch, {name: values}, is_end))

    # On the writing thread.

    def _drain(self, last):
        if last:
            self._finish()
            if self._validation is not None:
                self._end_validation(self._epoch, True)
        entries = []
        for _ in range(len(self._ready)):
            entries.append(self._ready.popleft())
        self._read_tensors([entry[3] for entry in entries])
        for now, step, epoch, values, is_end in entries:
            for name, value in values.items():
                if value.__class__ is list:
                    values[name] = value = sum(value) / len(value)
                if value - value != 0:
                    self._bad(name, step)
            if is_end:
                self._writer.epoch(epoch, values, step, now)
            else:
                self._writer.step(step, values, epoch, now)

    def _read_tensors(self, dictionaries):
        places = []
        for values in dictionaries:
            for name, value in values.items():
                if value.__class__ is list:
                    places.extend((value, at, one) for at, one in enumerate(value) if one.__class__ is not float)
                elif value.__class__ is not float and value.__class__ is not int:
                    places.append((values, name, value))
        groups = {}
        for place in places:
            groups.setdefault((place[2].device, place[2].dtype), []).append(place)
        for group in groups.values():
            with self._torch.no_grad():
                numbers = self._torch.stack([value.reshape(()) for _, _, value in group]).tolist()
            for (container, at, _), number in zip(group, numbers):
                container[at] = number

    def _bad(self, name, step):
        if name == 'gradient_norm':
            self._gradients_bad = True
            self._gradients_next = 0.0
        elif name not in self._told:
            self._told.add(name)
            self._gradients_bad = True
            self._gradients_next = 0.0
            self._writer.note('non-finite-loss', name, step=step, place=self._place)
