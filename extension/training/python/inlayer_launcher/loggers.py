"""What a program logs itself: SummaryWriter's scalars, `wandb.log`, `mlflow.log_metric`. A value counts under the name and step
that the program gives; without a step, in the order of logging.
"""
import functools

from . import metrics

_counts = {}
_planned = set()


def hook(name, module):
    if name.startswith('wandb'):
        _hook_wandb(module)
    elif name == 'mlflow':
        _hook_mlflow(module)
    else:
        _hook_summary_writer(module)


def _hook_summary_writer(module):
    owner = module.SummaryWriter
    scalar, scalars = owner.add_scalar, owner.add_scalars

    @functools.wraps(scalar)
    def add_scalar(self, tag, scalar_value, global_step=None, *arguments, **named):
        result = scalar(self, tag, scalar_value, global_step, *arguments, **named)
        _report('tensorboard', {tag: scalar_value}, global_step)
        return result

    @functools.wraps(scalars)
    def add_scalars(self, main_tag, tag_scalar_dict, global_step=None, *arguments, **named):
        result = scalars(self, main_tag, tag_scalar_dict, global_step, *arguments, **named)
        _report('tensorboard', {'%s/%s' % (main_tag, name): value for name, value in tag_scalar_dict.items()}, global_step)
        return result

    owner.add_scalar, owner.add_scalars = add_scalar, add_scalars


def _hook_wandb(module):
    owner = module.Run
    log = owner.log

    @functools.wraps(log)
    def logged(self, data=None, step=None, *arguments, **named):
        result = log(self, data, step, *arguments, **named)
        if isinstance(data, dict):
            _report('wandb', _flat(data), step)
        return result

    owner.log = logged


def _hook_mlflow(module):
    one, many = module.log_metric, module.log_metrics

    @functools.wraps(one)
    def log_metric(key, value, step=None, *arguments, **named):
        result = one(key, value, step, *arguments, **named)
        _report('wandb', {key: value}, step)
        return result

    @functools.wraps(many)
    def log_metrics(values, step=None, *arguments, **named):
        result = many(values, step, *arguments, **named)
        _report('wandb', dict(values), step)
        return result

    module.log_metric, module.log_metrics = log_metric, log_metrics


def _flat(data, prefix=''):
    flat = {}
    for name, value in data.items():
        if isinstance(value, dict):
            flat.update(_flat(value, '%s%s/' % (prefix, name)))
        else:
            flat['%s%s' % (prefix, name)] = value
    return flat


def _report(source, given, step):
    writer = metrics.writer
    if writer.owner is not None or not writer.alive:
        return
    values = {name: number for name, number in ((str(name), metrics.scalar(value)) for name, value in given.items()) if number is not None}
    if not values:
        return
    if source not in _planned:
        _planned.add(source)
        writer.plan(source, call=False)
    number = metrics.scalar(step)
    if number is None:
        number = max(_counts.get(name, -1) for name in values) + 1
    for name in values:
        _counts[name] = number
    writer.step(int(number), values)
