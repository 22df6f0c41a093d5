import numpy as np
a = np.load('small.npy')
b = np.load('images.npy')
archive = np.load('data.npz')
c = archive['x_train']
d = archive['y_train']
e = sorted(archive.files)
f = np.loadtxt('table.txt')
g = np.loadtxt('table.csv', delimiter=',', skiprows=1)
h = np.genfromtxt('table.csv', delimiter=',', skip_header=1)
i = f[:, -1]
with np.load('data.npz') as data:
    j = data['x_train']
