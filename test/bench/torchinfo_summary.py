# What the bench compares with: torchinfo runs the network of network.py and prints its summary.
import torchinfo

from network import model

torchinfo.summary(model, (8, 3, 32, 32), verbose=1)
