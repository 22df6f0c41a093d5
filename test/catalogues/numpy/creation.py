import numpy as np
a = np.array([1, 2, 3])
b = np.array([[1., 2.], [3., 4.]])
c = np.array([[1, 2], [3, 4]], dtype=np.float32)
d = np.array([True, False])
e = np.array(5)
f = np.array([b, b])
g = np.array([[1, 2], [3, 4]], dtype='float16')
h = np.array(['a', 'b', 'c'])
i = np.asarray([1.5, 2], dtype='int32')
j = np.zeros((2, 3))
k = np.zeros(4, dtype=int)
m = np.ones((2, 3), np.uint8)
n = np.full((2, 2), 7)
o = np.full((2, 2), 7.5)
p = np.full(3, 7, dtype='float32')
q = np.empty((100, 28, 28, 1))
r = np.zeros_like(c)
s = np.ones_like(a, dtype=float)
t = np.arange(10)
u = np.arange(2, 11, 3)
v = np.arange(0, 1, 0.25)
w = np.arange(10, 0, -2)
x = np.linspace(0, 1, 5)
y = np.linspace(-1, 1, 100)
z = np.linspace(0, 10, 5, endpoint=False)
aa = np.eye(3)
ab = np.eye(2, 3)
ac = np.identity(4)
ad = np.diag([1, 2, 3])
ae = np.tri(3)
af, ag = np.meshgrid([1, 2, 3], [4, 5])
ah, ai = np.meshgrid(np.arange(3), np.arange(4), indexing='ij')
aj = np.float32(3)
ak = np.int64(4.7)
al = np.logspace(0, 3, 4)
am = np.array(range(5))
an = np.array((1, 2.5))
ao = np.array([])
ap = np.array([[1, 2, 3]]).T
aq = np.array([np.arange(3), np.arange(3)])
ar = np.empty_like(b)
at = np.full_like(b, 3)
au = np.copy(b)
av = np.array([1, 2, 3], ndmin=2)
aw = np.uint8(200)
ax = np.prod((2, 3, 4))
ay = int(np.prod((2, 3, 4))) + 1
az = np.sqrt(16)
ba = np.ceil(7 / 2).astype(int)
bb = np.log2(1024)
bc = (np.sqrt(16) + 1).astype(int)
bd = np.array([1, 2, 3]).shape
be = np.zeros((3, 4)).shape[1]
bf = np.zeros((3, 4)).size
bg = np.zeros((3, 4)).ndim
bh = len(np.zeros((3, 4)))
bi = [np.zeros((3, 4)).dtype == np.float64]
bj = [np.zeros((3, 4)).dtype == 'float32']
bk = np.array([1, 2, 3]).tolist()
bl = np.array([[1, 2], [3, 4]]).tolist()
bm = np.array([7]).item()
bn = np.max([1, 5, 3])
bo = [int(v) for v in np.array([3, 4])]
bp = np.pi
bq = np.shape([[1, 2, 3]])
br = np.ndim([[1, 2, 3]])
bs = np.size([[1, 2, 3]])
bt = np.iinfo(np.uint8).max
bu = np.finfo(np.float32).eps
bv = [isinstance(np.float64(1), float)]
bw = [isinstance(np.zeros(2), np.ndarray)]
bx = np.issubdtype(np.float32, np.floating)  # unknown
by = np.dtype('float32').itemsize
bz = [np.isscalar(3)]
ca = sum(np.array([1, 2, 3]))
cb = max(np.array([1, 2, 3]))
cc = float(np.mean([1, 2, 3]))
cd = round(np.float64(2.567), 2)
ce = abs(np.array([-1, 2]))
cf = list(np.array([1, 2]))
cg = [np.array([1, 2, 3]) in [1]]  # unknown
