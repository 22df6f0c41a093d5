import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_blobs, make_circles, make_classification, make_moons, make_regression
from sklearn.datasets import load_linnerud, make_multilabel_classification, make_s_curve
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedShuffleSplit, TimeSeriesSplit, train_test_split
from sklearn.preprocessing import LabelBinarizer, LabelEncoder, MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder, PolynomialFeatures, RobustScaler, StandardScaler
from sklearn.preprocessing import label_binarize, minmax_scale, normalize, scale
from sklearn.utils import resample, shuffle
from sklearn.utils.class_weight import compute_class_weight
iris = load_iris()
X = iris.data
y = iris.target
a = iris['data']
b = len(iris.target_names)
c = iris.feature_names[0]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
d, e = train_test_split(X, random_state=0)
f, g = train_test_split(X, train_size=100, random_state=0)
h, i = train_test_split(X, test_size=33, random_state=0)
j, k = train_test_split(X, train_size=0.7, test_size=0.1, random_state=0)
m = train_test_split(X, y[:100])
df = pd.DataFrame({'x': [1, 2, 3, 4, 5, 6, 7, 8], 'name': ['a', 'b', 'a', 'c', 'b', 'a', 'b', 'c']})
n, o = train_test_split(df, test_size=0.25, random_state=0)
p, q = train_test_split(df['x'], test_size=0.25, random_state=0)
scaler = StandardScaler()
r = scaler.fit_transform(X_train)
s = scaler.transform(X_test)
t = scaler.transform(X_test[:, :2])
u = StandardScaler().fit_transform(y)
v = MinMaxScaler().fit_transform(X)
w = MinMaxScaler(feature_range=(-1, 1)).fit_transform(X.astype('float32'))
x = scaler.inverse_transform(s)
z = StandardScaler().fit(X).transform(X)
aa = LabelEncoder().fit_transform(['cat', 'dog', 'cat', 'bird'])
encoder = LabelEncoder()
ab = encoder.fit_transform(df['name'])
ac = len(encoder.classes_)
ad = encoder.classes_
ae = LabelEncoder().fit_transform(np.array([3, 5, 3]))
af = LabelBinarizer().fit_transform(y)
ag = LabelBinarizer().fit_transform(['yes', 'no', 'yes'])
ah = OneHotEncoder(sparse_output=False).fit_transform(y.reshape(-1, 1))
ai = OneHotEncoder().fit_transform(y.reshape(-1, 1)).toarray()
aj = OneHotEncoder().fit_transform(df[['name']]).toarray()
ak = OneHotEncoder(sparse_output=False).fit_transform(df)
al = OneHotEncoder().fit_transform(y)
am = OrdinalEncoder().fit_transform(df[['name']])
an = PCA(n_components=2).fit_transform(X)
ao = PCA(2).fit(X_train).transform(X_test)
ap = TruncatedSVD(n_components=3).fit_transform(X)
aq = PolynomialFeatures(degree=2).fit_transform(X)
ar = RobustScaler().fit_transform(X)
at = Normalizer().fit_transform(X)
au = MaxAbsScaler().fit_transform(X)
av = scale(X)
aw = minmax_scale(X)
ax = normalize(X)
ay = label_binarize(y, classes=[0, 1, 2])
az, ba = shuffle(X, y, random_state=0)
bb = shuffle(X, random_state=0)
bc = resample(X, n_samples=10)
bd = list(KFold(n_splits=4).split(X))
be = list(ShuffleSplit(n_splits=2, test_size=0.2).split(X))
bf = list(StratifiedShuffleSplit(n_splits=2, test_size=0.2).split(X, y))
bg = list(TimeSeriesSplit(n_splits=3).split(X))
bh = compute_class_weight('balanced', classes=np.unique(y), y=y)
digits = load_digits()
bi = digits.data
bj = digits.images
bk = digits.target
bl, bm = load_wine(return_X_y=True)
bn, bo = load_breast_cancer(return_X_y=True)
bp, bq = load_diabetes(return_X_y=True)
br, bs = load_linnerud(return_X_y=True)
bt, bu = make_classification(n_samples=1000, n_features=10, n_classes=3, n_informative=5)
bv, bw = make_blobs(n_samples=300, centers=4)
bx, by = make_moons(n_samples=200, noise=0.1)
bz, ca = make_circles(500)
cb, cc = make_regression(n_samples=50, n_features=3)
cd, ce = make_multilabel_classification(n_classes=4)
cf, cg = make_s_curve(60)
ch = load_iris(as_frame=True).data
ci = load_iris(as_frame=True).target
cj = X_train.shape[1]
ck = np.max(y_train) + 1
cl = len(np.unique(y))
cm = np.unique(y_train)
cn, co = train_test_split(np.arange(10), test_size=0.2, shuffle=False)
cp, cq, cr, cs = train_test_split(X, y, test_size=0.2, stratify=y)
