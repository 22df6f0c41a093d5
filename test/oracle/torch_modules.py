# Facts about torch.nn and torch.nn.functional: draws configurations (configurations_torch/), runs each under the real PyTorch and writes down
# what it answers.
#   python torch_modules.py --out FOLDER [--seed 1] [--count N] [--class NAME …] [--family NAME …]
# Every file of configurations_torch/ with a table GENERATORS is a family and gives FOLDER/<family>.jsonl; COUNT says how many
# configurations are stored for each class, COUNTS for single ones. A line is {class, source?, inputs, dtypes?, call?} and either
# {output, outputDtype?, params?, trainable?, weights?, buffers?} or {refused, at: construct|call}.
import argparse
import importlib
import json
import os
import re
import sys
import warnings


def load_families(wanted):
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, folder)
    names = sorted(name[:-3] for name in os.listdir(os.path.join(folder, 'configurations_torch')) if name.endswith('.py') and not name.startswith('_'))
    modules = {name: importlib.import_module(f'configurations_torch.{name}') for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, 'GENERATORS') and (not wanted or name in wanted)}


def draw_cases(name, generate, count, seed):
    from configurations_torch.drawing import Draw
    seen = set()
    # Simple modules have few different configurations: 3 draws for each one wanted, then that is all there is.
    for attempt in range(count * 3):
        if len(seen) == count:
            break
        configuration = generate(Draw(f'{seed}/{name}/{attempt}'))
        key = (configuration.source, str(configuration.inputs), str(configuration.dtypes), configuration.call)
        if key not in seen:
            seen.add(key)
            yield configuration


def short_message(error):
    text = re.sub(r' at 0x[0-9a-f]+', '', str(error))
    text = re.sub(r'(?<![\w.])/\S*?/site-packages/', '', text)
    return f'{type(error).__name__}: {" ".join(text.split())[:120]}'


def expression_of(configuration):
    names = ', '.join(f'x{at}' for at in range(len(configuration.inputs)))
    return configuration.call or f'module({names})'


class Judge:
    def __init__(self):
        import torch
        self.torch = torch
        torch.set_num_threads(1)
        self.names = {'torch': torch, 'nn': torch.nn, 'F': torch.nn.functional}

    def parts(self, value, read):
        if isinstance(value, self.torch.Tensor):
            return read(value)
        if isinstance(value, dict):
            return {str(key): self.parts(one, read) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.parts(one, read) for one in value]
        return None

    def made(self, shape, dtype):
        # Whole numbers are zeros: they are indices or labels, which every module must take.
        if dtype in ('float32', 'float64', 'float16', 'bfloat16'):
            return self.torch.rand(tuple(shape), dtype=getattr(self.torch, dtype))
        return self.torch.zeros(tuple(shape), dtype=getattr(self.torch, dtype))

    def answer(self, configuration):
        self.torch.manual_seed(0)
        names = dict(self.names)
        if configuration.source is not None:
            try:
                names['module'] = eval(configuration.source, names)
            except Exception as error:
                return {'refused': short_message(error), 'at': 'construct'}
        dtypes = configuration.dtypes or ['float32'] * len(configuration.inputs)
        names.update({f'x{at}': self.made(shape, dtype) for at, (shape, dtype) in enumerate(zip(configuration.inputs, dtypes))})
        try:
            with self.torch.no_grad():
                output = eval(expression_of(configuration), names)
        except Exception as error:
            return {'refused': short_message(error), 'at': 'call'}
        fact = {'output': self.parts(output, lambda tensor: [int(size) for size in tensor.shape])}
        dtype = self.parts(output, lambda tensor: str(tensor.dtype).replace('torch.', ''))
        if set(re.findall(r'\w+', json.dumps(dtype))) != {'float32'}:
            fact['outputDtype'] = dtype
        if configuration.source is not None and isinstance(names['module'], self.torch.nn.Module):
            fact.update(self.counts(names['module']))
        return fact

    def counts(self, module):
        parameters = list(module.named_parameters())
        fact = {'params': sum(parameter.numel() for _, parameter in parameters), 'trainable': sum(parameter.numel() for _, parameter in parameters if parameter.requires_grad)}
        buffers = {name: list(buffer.shape) for name, buffer in module.named_buffers()}
        if parameters:
            fact['weights'] = {name: list(parameter.shape) for name, parameter in parameters}
        if buffers:
            fact['buffers'] = buffers
        return fact


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out', required=True)
    options.add_argument('--seed', default='1')
    options.add_argument('--count', type=int)
    options.add_argument('--class', dest='classes', nargs='*')
    options.add_argument('--family', nargs='*')
    given = options.parse_args()
    os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
    warnings.filterwarnings('ignore')
    judge = Judge()
    os.makedirs(given.out, exist_ok=True)
    for family, module in load_families(given.family).items():
        lines = []
        for name, generate in module.GENERATORS.items():
            if given.classes and name not in given.classes:
                continue
            count = given.count or getattr(module, 'COUNTS', {}).get(name, getattr(module, 'COUNT', 40))
            for configuration in draw_cases(name, generate, count, given.seed):
                fact = {'class': name}
                if configuration.source is not None:
                    fact['source'] = configuration.source
                fact['inputs'] = configuration.inputs
                if configuration.dtypes:
                    fact['dtypes'] = configuration.dtypes
                if configuration.call:
                    fact['call'] = configuration.call
                fact.update(judge.answer(configuration))
                lines.append(json.dumps(fact, separators=(',', ':')))
        if lines:
            with open(os.path.join(given.out, f'{family}.jsonl'), 'w') as out:
                out.write('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
