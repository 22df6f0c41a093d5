"""Writes metrics.jsonl. The training thread only puts tuples into a queue; a thread makes whole lines of them four times a second.

Knows no framework. A disk that takes no more loses nothing that was written, and never raises into the program.
"""
import _thread
import collections
import json
import math
import os
import stat
import sys
import threading
import time

_INTERVAL = 0.25

writer = None


def start(folder):
    global writer
    writer = Writer(folder)
    if hasattr(os, 'register_at_fork'):
        os.register_at_fork(after_in_child=_forget)
    return writer


def _forget():
    """A forked worker is no part of the record: it has no thread that writes."""
    writer.queue = _Nothing()
    writer.alive = False


def trouble():
    """A hook failed. The program must not notice; who works on the hooks wants to."""
    if os.environ.get('INLAYER_DEBUG'):
        import traceback
        traceback.print_exc()


class _Nothing(object):
    def append(self, _):
        pass

    def __len__(self):
        return 0


class Writer(object):
    def __init__(self, folder):
        self.folder = folder
        self.queue = collections.deque()
        self.alive = True
        self.owner = None
        self.phase = -1
        # Steps and epochs of earlier training calls, so that the counts of a run never go back.
        self.steps = 0
        self.epochs = 0
        self._waiting = b''
        self._sources = []
        self._lock = threading.Lock()
        self._ended = False
        self._pid = os.getpid()
        self._stop = os.path.join(folder, 'stop')
        self._stopping = False
        self._rotation = _Rotation(folder)
        self._file = os.open(os.path.join(folder, 'metrics.jsonl'), os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, 'O_BINARY', 0) | getattr(os, 'O_CLOEXEC', 0), 0o666)
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._loop, name='inlayer', daemon=True)
        self._thread.start()

    # What hooks call. `values`: a dict, made for this call, whose values `float` takes.

    def step(self, step, values, epoch=None, now=None):
        self.queue.append(('step', now or time.time(), step, epoch, self.phase, values))

    def epoch(self, epoch, values, step=None, now=None):
        self.queue.append(('epoch', now or time.time(), step, epoch, self.phase, values))

    def plan(self, source, call=True, **more):
        """`call`: a training call of a framework, which counts its own epochs; what is logged by hand belongs to none."""
        if call or self.phase < 0:
            self.phase += 1
        self.line(dict(type='plan', time=time.time(), phase=self.phase, source=source, **{name: value for name, value in more.items() if value is not None}))

    def note(self, kind, name, **more):
        self.line(dict(type='note', time=time.time(), kind=kind, name=name, **{key: value for key, value in more.items() if value is not None}))

    def line(self, line):
        self.queue.append(('line', line))

    def add_source(self, drain):
        """`drain` is called by the writing thread; it moves what a hook has collected elsewhere into the queue."""
        self._sources.append(drain)

    def end(self, code, message=None, place=None):
        if self._ended:
            return
        self._ended = True
        line = {'type': 'end', 'time': time.time(), 'exitCode': code}
        if message:
            line['message'] = message
        if place:
            line['place'] = place
        self._flush(last=True)
        self.line(line)
        self._flush()

    def close(self):
        if self.alive and os.getpid() == self._pid:
            self._flush(last=True)
            self.alive = False
            self._wake.set()

    # The thread.

    def _loop(self):
        while self.alive:
            self._wake.wait(_INTERVAL)
            if not self.alive:
                return
            try:
                self._flush()
                self._rotation.look()
                if os.name == 'nt' and not self._stopping and os.path.exists(self._stop):
                    # Windows has no signal for this: the program sees what it sees at Ctrl+C.
                    self._stopping = True
                    _thread.interrupt_main()
            except Exception:
                trouble()

    def _flush(self, last=False):
        with self._lock:
            for drain in self._sources:
                try:
                    drain(last)
                except Exception:
                    trouble()
            parts = []
            queue = self.queue
            for _ in range(len(queue)):
                try:
                    text = _text(queue.popleft())
                except Exception:
                    trouble()
                    continue
                parts.append(text)
            if parts:
                self._waiting += ''.join(parts).encode()
            while self._waiting:
                try:
                    written = os.write(self._file, self._waiting)
                except OSError:
                    # Disk full: it is tried again; what is oldest goes when too much waits.
                    if len(self._waiting) > 8_000_000:
                        self._waiting = self._waiting[self._waiting.index(b'\n', len(self._waiting) // 2) + 1:]
                    return
                if written < len(self._waiting):
                    # Half a line stands there: it is ended, and written again whole.
                    start = self._waiting.rfind(b'\n', 0, written) + 1
                    self._waiting = (b'\n' if start != written else b'') + self._waiting[start:]
                else:
                    self._waiting = b''


_names = {}
_encode = json.dumps


def _text(entry):
    kind = entry[0]
    if kind == 'line':
        return _encode(_finite(entry[1]), ensure_ascii=False) + '\n'
    _, now, step, epoch, phase, values = entry
    head = '{"type":"%s","time":%.6f' % (kind, now) if step is None else '{"type":"%s","time":%.6f,"step":%d' % (kind, now, step)
    if epoch is not None:
        head += ',"epoch":' + _number(epoch)
    if phase > 0:
        head += ',"phase":%d' % phase
    parts = []
    for name, value in values.items():
        label = _names.get(name)
        if label is None:
            label = _names[name] = _encode(str(name), ensure_ascii=False) + ':'
        parts.append(label + _number(value))
    return head + ',"values":{' + ','.join(parts) + '}}\n'


def _number(value):
    if value.__class__ is float and value - value == 0:
        return repr(value)
    if isinstance(value, int):
        return repr(int(value))
    value = float(value)
    if value - value == 0:
        return repr(value)
    return '"NaN"' if math.isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'


def _finite(value):
    if isinstance(value, float) and not math.isfinite(value):
        return _number(value)[1:-1]
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    return value


def scalar(value):
    """A plain number, or None: what a program logs may be an array of one element, a tensor, text."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, bytes)):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    try:
        if getattr(value, 'size', 1) not in (0, 1) and not callable(getattr(value, 'size', None)):
            return None
        if callable(getattr(value, 'numel', None)) and value.numel() != 1:
            return None
        if callable(getattr(value, 'item', None)):
            value = value.item()
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    except Exception:
        return None


class _Rotation(object):
    """Keeps output.log small. The program's output goes on in a fresh file: both ends stay whole, no line is lost."""

    def __init__(self, folder):
        self._path = os.path.join(folder, 'output.log')
        self._older = os.path.join(folder, 'output.1.log')
        self._limit = int(os.environ.get('INLAYER_OUTPUT_LIMIT') or 32_000_000)
        self._next = 0.0
        self.active = os.name == 'posix' and self._is_there()

    def _is_there(self):
        try:
            ours, theirs = os.stat(self._path), os.fstat(1)
        except OSError:
            return False
        return stat.S_ISREG(theirs.st_mode) and (ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino)

    def look(self):
        now = time.time()
        if not self.active or now < self._next:
            return
        self._next = now + 1.0
        try:
            if os.fstat(1).st_size < self._limit or not self._is_there():
                return
            os.replace(self._path, self._older)
            fresh = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            for descriptor in (1, 2):
                os.dup2(fresh, descriptor)
            os.close(fresh)
        except OSError:
            self.active = False
