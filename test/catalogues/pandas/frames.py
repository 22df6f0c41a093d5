import numpy as np
import pandas as pd
df = pd.read_csv('flowers.csv')
a = df.shape
b = len(df)
c = list(df.columns)
d = df['species']
e = df.species
f = df['species'].nunique()
g = df['species'].unique()
h = df['label'].nunique()
i = df['label'].unique()
j = df['label'].values
k = df['label'].max() + 1
m = df.drop('species', axis=1)
n = df.drop(columns=['species', 'label'])
o = n.values
p = df.drop(['species', 'label'], axis=1).to_numpy()
q = df.iloc[:, 0:2]
r = df.iloc[:, :-2].values
s = df.iloc[:, -1]
t = df.iloc[0:5]
u = df.iloc[:, 3].values
v = df[['width', 'height']]
w = df[['width', 'height']].values
x = df[df['label'] == 1]  # unknown
y = df.head()
z = df.head(3)
aa = df.tail(2)
ab = df.sample(frac=1)
ac = df.sample(frac=0.5)
ad = pd.get_dummies(df['species'])
ae = pd.get_dummies(df['label'])
af = pd.get_dummies(df['species']).values
ag = pd.get_dummies(df)
ah = pd.get_dummies(df['species'], dtype=int)
ai, aj = pd.factorize(df['species'])
ak = df['species'].map({'setosa': 0, 'versicolor': 1, 'virginica': 2})
al = df['label'].map({0: 10, 1: 20, 2: 30})
am = df['species'].astype('category').cat.codes
an = df['label'].astype('float32')
ao = df['width'] / 10
ap = df['label'] + 1
aq = df['label'] == 1
ar = 1 - df['label']
at = df['width'].values.reshape(-1, 1)
au = np.array(df['label'])
av = np.array(df.drop('species', axis=1))
aw = df.dropna()  # unknown
ax = df['missing_some'].nunique()
ay = df.dropna().shape  # unknown
df['double'] = df['label'] * 2
az = df.shape
ba = df.pop('double')
bb = df
bc = df.rename(columns={'label': 'target'})
bd = df.loc[:, 'width':'height']
be = df.loc[:, 'label']
bf = df.loc[:, ['label', 'width']]
bg = pd.DataFrame({'x': [1, 2, 3], 'y': [4., 5., 6.]})
bh = pd.DataFrame(np.zeros((4, 3)), columns=['p', 'q', 'r'])
bi = pd.DataFrame([[1, 2], [3, 4]])
bj = pd.Series([1, 2, 3])
bk = pd.concat([df, df])
bl = pd.concat([df[['width']], df[['height']]], axis=1)
bm = df['label'].tolist()[:3]
bn = df.copy()
bo = df.values.shape
bp = df['label'].value_counts().shape
bq = len(df['species'].unique())
br = len(df['label'].value_counts())
bs = df.shape[0]
bt = int(df['label'].max())
bu = df.isnull()
bv = df.reset_index(drop=True)
bw = df.sort_values('label')
bx = df['label'].values[:10]
by = df[['width', 'height']].values / 10
bz = df[['width', 'height']].mean().shape
ca = df.to_numpy().shape
cb = df['label'].to_numpy(dtype='float32')
cc = df.set_index('label')
cd = pd.read_csv('flowers.csv', usecols=['label', 'width'])
ce = pd.read_csv('flowers.csv', header=None, skiprows=1)
cf = pd.read_csv('flowers.csv', header=None, skiprows=1, names=['a', 'b', 'c', 'd', 'e'])
cg = pd.read_csv('flowers.csv', nrows=4)
ch = pd.read_csv('semi.csv', sep=';')
ci = ch['text']
cj = ch['flag']
ck = ch['flag'].values
cl = df.iloc[:, :-1].values.astype('float32')  # unknown
cm = df['species'].values == 'setosa'
cn = df['species'].apply(lambda name: 1)  # unknown
co = df.label.values.max() + 1
cp = df.drop(df.columns[2], axis=1)
cq = df[df.columns[:2]]
cr = df.columns.tolist()
cs = df.select_dtypes('number')  # unknown
ct = df.index  # unknown
