# Stand-ins for the data of PyTorch programs: torchvision's data sets from the facts, loaders cut to a few batches, weights never fetched,
# and no accelerator needed. Modules, losses and optimizers are the real ones.

import re
import sys

import numpy

from stand_ins import fact_rows, labels_of

BATCHES = 2


def install():
    import torch
    torch.manual_seed(0)
    install_devices(torch)
    install_loader(torch)
    install_weights(torch)
    torchvision = import_vision(torch)
    if torchvision is not None:
        install_vision(torchvision)


# The packaged torchvision brings compiled operators for an accelerator's build of PyTorch; with the CPU build they do not load and the import
# stops at the first one that it describes. Only detection models use them: here they are declared, so that all else can be imported.
def import_vision(torch):
    library = torch.library.Library('torchvision', 'FRAGMENT')
    for _ in range(40):
        try:
            import torchvision
            return torchvision
        except ImportError:
            return None
        except RuntimeError as error:
            missing = re.search(r'operator torchvision::(\w+) does not exist', str(error))
            if missing is None:
                return None
            library.define(f'{missing.group(1)}(Tensor input) -> Tensor')
            for name in [one for one in sys.modules if one.split('.')[0] == 'torchvision']:
                del sys.modules[name]
    return None


def install_devices(torch):
    # A program may ask for an accelerator by name: here everything stays where it is.
    torch.Tensor.cuda = lambda self, *arguments, **options: self
    torch.nn.Module.cuda = lambda self, *arguments, **options: self
    for kind in (torch.Tensor, torch.nn.Module):
        to = kind.to
        kind.to = lambda self, *arguments, to=to, **options: moved(torch, self, to, arguments, options)


def moved(torch, thing, to, arguments, options):
    def elsewhere(one):
        return isinstance(one, (str, torch.device)) and torch.device(one).type not in ('cpu', 'meta') or isinstance(one, int) and not isinstance(one, bool)
    kept = [one for one in arguments if not elsewhere(one)]
    options = {key: one for key, one in options.items() if key != 'device' or not elsewhere(one)}
    return to(thing, *kept, **options) if kept or options else thing


def install_loader(torch):
    loader = torch.utils.data.DataLoader
    iterate = loader.__iter__

    def short(self):
        for at, batch in enumerate(iterate(self)):
            if at == BATCHES:
                return
            yield batch

    initialize = loader.__init__

    def without_workers(self, *arguments, **options):
        for key in ('num_workers', 'prefetch_factor', 'persistent_workers', 'pin_memory'):
            options.pop(key, None)
        initialize(self, *arguments, **options)
    loader.__iter__, loader.__init__ = short, without_workers


class NoWeights(dict):
    pass


def install_weights(torch):
    load = torch.nn.Module.load_state_dict
    torch.nn.Module.load_state_dict = lambda self, state, *arguments, **options: None if isinstance(state, NoWeights) else load(self, state, *arguments, **options)
    torch.hub.load_state_dict_from_url = lambda *arguments, **options: NoWeights()


def install_vision(torchvision):
    import torch
    torchvision.models.WeightsEnum.get_state_dict = lambda self, *arguments, **options: NoWeights()
    facts = {}
    for row in fact_rows('torchvision-datasets.csv'):
        facts.setdefault(row['dataset'], []).append(row)

    def kind(name, rows):
        class Stand(torch.utils.data.Dataset):
            def __init__(self, root=None, *arguments, transform=None, target_transform=None, transforms=None, **options):
                given = [str(one) for one in (*arguments, *options.values())]
                row = next((row for row in rows if row['variant'] and row['variant'].split('=')[1] in given), rows[0])
                self.transform, self.target_transform = transform, target_transform
                self.classes = [f'name {at}' for at in range(int(row['num_classes'] or 2))]
                self.class_to_idx = {one: at for at, one in enumerate(self.classes)}
                low, high = int(row['label_min'] or 0), int(row['label_max'] or 1)
                size = row['image_size'].split('x') if 'x' in row['image_size'] else None
                self.shape = [int(one) for one in size] if size and all(one.isdigit() for one in size) else [96, 128, 3]
                self.targets = labels_of(256, low, high).tolist()
                self.labels = self.targets

            def __len__(self):
                return len(self.targets)

            def __getitem__(self, at):
                image = picture(self.shape)
                label = self.targets[at]
                return self.transform(image) if self.transform else image, self.target_transform(label) if self.target_transform else label
        Stand.__name__ = Stand.__qualname__ = name
        return Stand

    def picture(shape):
        try:
            from PIL import Image
            array = numpy.random.randint(0, 256, shape).astype('uint8')
            return Image.fromarray(array[..., 0] if shape[-1] == 1 else array)
        except (ImportError, AttributeError, TypeError):
            return torch.randint(0, 256, (shape[-1], *shape[:-1]), dtype=torch.uint8)

    for name, rows in facts.items():
        # FakeData draws its pictures itself: the real one runs.
        if name != 'FakeData' and hasattr(torchvision.datasets, name):
            setattr(torchvision.datasets, name, kind(name, rows))
    torchvision.datasets.ImageFolder = kind('ImageFolder', [{'variant': '', 'num_classes': '2', 'label_min': '0', 'label_max': '1', 'image_size': ''}])
