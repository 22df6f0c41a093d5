# A model taken from torchvision, whose source is read: what the bench starts the command line on.
from torchvision.models import resnet50

model = resnet50(num_classes=10)
