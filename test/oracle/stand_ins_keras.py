# Stand-ins for the data and the training of Keras and TensorFlow programs: keras.datasets, tensorflow_datasets, image folders, fit.
# Arrays have their real sizes (zeros cost nothing until they are touched); only what is trained on is cut to a few samples.
import sys
import types

import numpy

from stand_ins import fact_rows, labels_of

BATCHES = 2


def install():
    import keras
    install_datasets(keras)
    install_folders(keras)
    install_weights()
    install_training(keras)
    install_tensorflow_datasets()


def install_datasets(keras):
    def pictures(train, test, shape, classes, column):
        def load_data(*arguments, **options):
            label_mode = options.get('label_mode', arguments[0] if arguments else 'fine')
            count = 20 if classes == 100 and label_mode == 'coarse' else classes

            def part(size):
                labels = labels_of(size, 0, count - 1, 'uint8')
                images = numpy.zeros((size, *shape), 'uint8')
                images[:256] = numpy.random.randint(0, 256, (min(size, 256), *shape))
                return images, labels[:, None] if column else labels
            return part(train), part(test)
        return load_data

    def words(train, test, classes):
        def load_data(path=None, num_words=None, **options):
            top = num_words or 88587

            def part(size):
                sentences = numpy.empty(size, object)
                sentences[:] = [list(numpy.random.randint(1, top, 5 + at % 20)) + [top - 1] for at in range(size)]
                return sentences, labels_of(size, 0, classes - 1)
            return part(train), part(test)
        return load_data

    def table(train, test, features):
        def load_data(*arguments, **options):
            small = options.get('version') == 'small'
            sizes = (480, 120) if small else (train, test)
            return tuple((numpy.random.rand(size, features), numpy.random.rand(size)) for size in sizes)
        return load_data

    sets = keras.datasets
    sets.mnist.load_data = sets.fashion_mnist.load_data = pictures(60000, 10000, (28, 28), 10, False)
    sets.cifar10.load_data = pictures(50000, 10000, (32, 32, 3), 10, True)
    sets.cifar100.load_data = pictures(50000, 10000, (32, 32, 3), 100, True)
    sets.imdb.load_data, sets.reuters.load_data = words(25000, 25000, 2), words(8982, 2246, 46)
    sets.imdb.get_word_index = sets.reuters.get_word_index = lambda *arguments, **options: {'the': 1, 'and': 2, 'film': 3}
    sets.boston_housing.load_data, sets.california_housing.load_data = table(404, 102, 13), table(16512, 4128, 8)


def batches(shape, dtype, label_shape, label_dtype, classes, one_hot, batch_size):
    import tensorflow as tf

    def generate():
        for _ in range(3):
            count = batch_size or 4
            images = numpy.random.rand(count, *shape).astype(dtype) * 255 if batch_size else numpy.random.rand(*shape).astype(dtype) * 255
            labels = labels_of(count, 0, classes - 1, 'int32')
            if one_hot:
                labels = numpy.eye(classes, dtype='float32')[labels]
            elif label_dtype == 'float32':
                labels = labels.astype('float32')[:, None]
            if label_dtype is None:
                yield images
            else:
                yield images, labels if batch_size else labels[0]
    lead = (None,) if batch_size else ()
    pictures = tf.TensorSpec(lead + tuple(shape), dtype)
    return tf.data.Dataset.from_generator(generate, output_signature=pictures if label_dtype is None else (pictures, tf.TensorSpec(lead + label_shape, label_dtype)))


def install_folders(keras):
    def image_dataset_from_directory(directory, labels='inferred', label_mode='int', class_names=None, color_mode='rgb', batch_size=32, image_size=(256, 256), shuffle=True, seed=None,
                                     validation_split=None, subset=None, **options):
        if label_mode not in ('int', 'categorical', 'binary', None):
            raise ValueError(f'`label_mode` argument must be one of "int", "categorical", "binary", or None. Received: label_mode={label_mode}')
        names = list(class_names or ['first', 'second'])
        shape = (*image_size, {'rgb': 3, 'rgba': 4, 'grayscale': 1}[color_mode])
        modes = {'int': ((), 'int32'), 'categorical': ((len(names),), 'float32'), 'binary': ((1,), 'float32'), None: ((), None)}
        made = []
        for _ in range(2 if subset == 'both' else 1):
            dataset = batches(shape, 'float32', *modes[None if labels is None else label_mode], len(names), label_mode == 'categorical', min(batch_size, 4) if batch_size else None)
            dataset.class_names, dataset.file_paths = names, []
            made.append(dataset)
        return made if subset == 'both' else made[0]

    class Flow(keras.utils.PyDataset):
        def __init__(self, size, channels, batch_size, class_mode, names):
            super().__init__()
            self.size, self.channels, self.batch, self.class_mode = size, channels, min(batch_size, 4), class_mode
            self.class_indices = {name: at for at, name in enumerate(names)}
            self.num_classes, self.samples, self.n, self.batch_size = len(names), 100, 100, batch_size
            self.classes, self.filenames, self.image_shape, self.at = labels_of(100, 0, len(names) - 1, 'int32'), [], (*size, channels), 0

        def __len__(self):
            return 3

        def __getitem__(self, at):
            images = numpy.random.rand(self.batch, *self.size, self.channels).astype('float32')
            labels = labels_of(self.batch, 0, self.num_classes - 1)
            if self.class_mode in ('categorical',):
                return images, numpy.eye(self.num_classes, dtype='float32')[labels]
            return images if self.class_mode is None else (images, images) if self.class_mode == 'input' else (images, labels.astype('float32'))

        def __next__(self):
            return self[0]

        def reset(self):
            pass

    def flow_from_directory(self, directory, target_size=(256, 256), color_mode='rgb', classes=None, class_mode='categorical', batch_size=32, **options):
        if class_mode not in ('categorical', 'binary', 'sparse', 'input', None):
            raise ValueError(f'Invalid class_mode: {class_mode}; expected one of: {{"categorical", "binary", "sparse", "input", None}}')
        return Flow(target_size, {'rgb': 3, 'rgba': 4, 'grayscale': 1}[color_mode], batch_size, class_mode, classes or ['first', 'second'])

    keras.utils.image_dataset_from_directory = keras.preprocessing.image_dataset_from_directory = image_dataset_from_directory
    generator = keras.src.legacy.preprocessing.image.ImageDataGenerator
    generator.flow_from_directory = flow_from_directory
    generator.flow_from_dataframe = lambda self, dataframe, directory=None, *arguments, **options: flow_from_directory(
        self, directory, **{key: options[key] for key in ('target_size', 'color_mode', 'classes', 'class_mode', 'batch_size') if key in options})

    def load_img(path, color_mode='rgb', target_size=None, **options):
        return numpy.random.randint(0, 256, (*(target_size or (224, 224)), 1 if color_mode == 'grayscale' else 3)).astype('uint8')

    def img_to_array(image, data_format=None, dtype='float32'):
        return numpy.asarray(image).astype(dtype)

    for place in (keras.utils, keras.preprocessing.image):
        place.load_img, place.img_to_array = load_img, img_to_array
    try:
        import tensorflow as tf
        for place in (tf.keras.utils, tf.keras.preprocessing.image):
            place.load_img, place.img_to_array = load_img, img_to_array
        tf.keras.utils.image_dataset_from_directory = tf.keras.preprocessing.image_dataset_from_directory = image_dataset_from_directory
    except ImportError:
        pass


def install_weights():
    # The arguments are checked as ever, but no file is fetched: random weights have the same shapes.
    from keras.src.models.model import Model
    from keras.src.utils import file_utils
    file_utils.get_file = lambda *arguments, **options: 'none.h5'
    load_weights = Model.load_weights
    Model.load_weights = lambda self, path, *arguments, **options: None if str(path) == 'none.h5' else load_weights(self, path, *arguments, **options)


def shortened(data, count):
    if data is None or hasattr(data, 'element_spec') or not isinstance(data, (numpy.ndarray, list, tuple, dict)) and not hasattr(data, 'shape'):
        return data
    if isinstance(data, dict):
        return {key: shortened(one, count) for key, one in data.items()}
    if isinstance(data, (list, tuple)) and any(hasattr(one, 'shape') for one in data):
        return type(data)(shortened(one, count) for one in data)
    return data[:count]


# Tracing a graph is most of what a short training costs. Where nothing but Keras' own code runs, running it step by step gives the same; the
# program's own layers, steps and losses are traced as ever, for some fail only there.
def is_all_of_keras(model):
    loss = getattr(model, 'loss', None)
    losses = list(loss.values()) if isinstance(loss, dict) else list(loss) if isinstance(loss, (list, tuple)) else [loss]
    own = [type(model), *(type(layer) for layer in model._flatten_layers()), *(one if isinstance(one, type) else type(one) for one in losses if one is not None)]
    return all(kind.__module__.split('.')[0] in ('keras', 'builtins') for kind in own) and not any(hasattr(one, '__code__') and not one.__module__.startswith('keras') for one in losses)


def install_training(keras):
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer as Trainer
    fit, evaluate, predict = Trainer.fit, Trainer.evaluate, Trainer.predict

    def short_fit(self, x=None, y=None, batch_size=None, epochs=1, verbose='auto', callbacks=None, validation_split=0.0, validation_data=None, shuffle=True, class_weight=None,
                  sample_weight=None, initial_epoch=0, steps_per_epoch=None, validation_steps=None, validation_batch_size=None, validation_freq=1):
        arrays = hasattr(x, 'shape') or isinstance(x, (list, tuple, dict))
        count = (batch_size or 32) * BATCHES
        if arrays and (y is None or len(y) == len(x) or isinstance(x, (list, tuple, dict))):
            x, y, sample_weight = shortened(x, count), shortened(y, count), shortened(sample_weight, count)
        if isinstance(validation_data, tuple):
            validation_data = tuple(shortened(one, count) for one in validation_data)
        if is_all_of_keras(self):
            self.run_eagerly = True
        # Callbacks write files and look at metrics; a shortened run would feed them nonsense.
        return fit(self, x, y, batch_size, 1, 0, None, validation_split if arrays else 0.0, validation_data, False, class_weight, sample_weight, 0, None if arrays else BATCHES,
                   None if isinstance(validation_data, tuple) or validation_data is None else 1, validation_batch_size, 1)

    def short_evaluate(self, x=None, y=None, batch_size=None, verbose='auto', sample_weight=None, steps=None, callbacks=None, return_dict=False, **options):
        count = (batch_size or 32) * BATCHES
        arrays = hasattr(x, 'shape') or isinstance(x, (list, tuple, dict))
        return evaluate(self, shortened(x, count), shortened(y, count), batch_size, 0, shortened(sample_weight, count), None if arrays else 1, None, return_dict, **options)

    def short_predict(self, x, batch_size=None, verbose='auto', steps=None, callbacks=None):
        # Whole, not shortened: the shape of what comes out is a fact. Large inputs are stood in for by repetition.
        if isinstance(x, numpy.ndarray) and 512 < len(x):
            part = predict(self, x[:64], batch_size, 0)
            return numpy.repeat(part[:1], len(x), axis=0) if isinstance(part, numpy.ndarray) else part
        return predict(self, x, batch_size, 0, steps if steps else None if hasattr(x, 'shape') else 1)

    Trainer.fit, Trainer.evaluate, Trainer.predict = short_fit, short_evaluate, short_predict


def install_tensorflow_datasets():
    module = types.ModuleType('tensorflow_datasets')
    rows = fact_rows('tfds-classes.csv')

    def row_of(name):
        name, _, config = name.split(':')[0].partition('/')
        found = [row for row in rows if row['dataset'] == name and (not config or row['config'] in (config, '') or row['config'].startswith('*'))]
        found = found if config else [row for row in found if row['default_config'] == 'yes'] or found
        if not found:
            raise ValueError(f'Dataset {name} is not known here')
        return found

    class Feature:
        def __init__(self, shape=(), dtype='int64', classes=None):
            self.shape, self.dtype, self.num_classes = shape, dtype, classes
            self.names = [f'name {at}' for at in range(classes)] if classes else None

        def int2str(self, at):
            return self.names[int(at)]

    class Info:
        def __init__(self, name):
            found = row_of(name)
            row = found[0]
            self.name = row['dataset']
            self.features = {one['label_feature']: Feature((), 'int64', int(one['num_classes'])) for one in found}
            if row['image_feature']:
                shape = tuple(None if part.strip() == 'None' else int(part) for part in row['image_shape'].strip('() ').split(',') if part.strip())
                self.features[row['image_feature']] = Feature(shape, 'uint8')
            self.keys = tuple(part.strip(" '") for part in row['supervised_keys'].strip('()').split(',')) if row['supervised_keys'].startswith('(') else None
            for key in self.keys or ():
                self.features.setdefault(key, Feature((), 'string'))
            self.supervised_keys = self.keys
            self.splits = {part.split('=')[0]: types.SimpleNamespace(num_examples=int(part.split('=')[1])) for part in row['splits'].split(';') if part.partition('=')[2].isdigit()}

    def dataset_of(info, as_supervised, batch_size):
        import tensorflow as tf
        letters = info.name == 'emnist' and any(one.num_classes == 37 for one in info.features.values())

        def example(at):
            result = {}
            for key, feature in info.features.items():
                if feature.num_classes:
                    # The labels of emnist/letters start at 1, though the data set says 37 classes.
                    result[key] = numpy.int64([26, 1][at % 2] if letters else [feature.num_classes - 1, 0][at] if at < 2 else numpy.random.randint(feature.num_classes))
                elif feature.dtype == 'string':
                    result[key] = b'some words of text'
                else:
                    result[key] = numpy.random.randint(0, 256, [length or (48 + 8 * axis) for axis, length in enumerate(feature.shape)]).astype('uint8')
            return result

        def generate():
            for at in range(96):
                one = example(at)
                yield tuple(one[key] for key in info.keys) if as_supervised else one

        specs = {key: tf.TensorSpec(feature.shape, feature.dtype) for key, feature in info.features.items()}
        if as_supervised and not info.keys:
            raise ValueError('as_supervised=True but the data set has no supervised structure')
        dataset = tf.data.Dataset.from_generator(generate, output_signature=tuple(specs[key] for key in info.keys) if as_supervised else specs)
        return dataset.batch(batch_size) if batch_size else dataset

    def load(name, *, split=None, data_dir=None, batch_size=None, shuffle_files=False, download=True, as_supervised=False, decoders=None, read_config=None, with_info=False,
             builder_kwargs=None, download_and_prepare_kwargs=None, as_dataset_kwargs=None, try_gcs=False):
        info = Info(name)

        def for_split(part):
            if isinstance(part, (list, tuple)):
                return type(part)(for_split(one) for one in part)
            if part is None:
                return {one: for_split(one) for one in info.splits}
            for one in str(part).split('+'):
                if one.split('[')[0] not in info.splits and one != 'all':
                    raise ValueError(f'Unknown split "{one}". Should be one of {list(info.splits)}.')
            return dataset_of(info, as_supervised, batch_size)
        made = for_split(split)
        return (made, info) if with_info else made

    class Builder:
        def __init__(self, name):
            self.name, self.info = name, Info(name)

        def download_and_prepare(self, **options):
            pass

        def as_dataset(self, split=None, **options):
            return load(self.name, split=split, **{key: value for key, value in options.items() if key in ('as_supervised', 'batch_size')})

    def as_numpy(dataset):
        return dataset.as_numpy_iterator() if hasattr(dataset, 'as_numpy_iterator') else dataset

    module.load, module.builder, module.as_numpy = load, lambda name, **options: Builder(name), as_numpy
    module.disable_progress_bar = lambda: None
    sys.modules['tensorflow_datasets'] = module
