"""How a random use of each class of torch.distributions is drawn: an expression in a, b, c and their tensors. See torch_operations.py."""

calls = {}
sizes = [1, 2, 3, 4]
positive = "({0}.abs() + 0.1)"
probability = "torch.sigmoid({0})"
anything = "{0}"
spread = "torch.eye({1}, dtype={0}.dtype).expand(*{0}.shape[:-1], {1}, {1})"

# Per class: parameters as (name, how the tensor becomes one, last axes that are no batch axes, whether it may be left out for a sibling).
scores = [("probs", probability, 0), ("logits", anything, 0)]
rows = [("probs", "torch.softmax({0}, -1)", 1), ("logits", anything, 1)]
families = {
    "Bernoulli": [scores], "Beta": [("concentration1", positive, 0), ("concentration0", positive, 0)],
    "Binomial": [("total_count", "10", 0), scores], "Categorical": [rows], "Cauchy": [("loc", anything, 0), ("scale", positive, 0)], "Chi2": [("df", positive, 0)],
    "ContinuousBernoulli": [scores], "Dirichlet": [("concentration", positive, 1)], "Exponential": [("rate", positive, 0)], "FisherSnedecor": [("df1", positive, 0), ("df2", positive, 0)],
    "Gamma": [("concentration", positive, 0), ("rate", positive, 0)], "GeneralizedPareto": [("loc", anything, 0), ("scale", positive, 0), ("concentration", positive, 0)],
    "Geometric": [scores], "Gumbel": [("loc", anything, 0), ("scale", positive, 0)], "HalfCauchy": [("scale", positive, 0)], "HalfNormal": [("scale", positive, 0)],
    "InverseGamma": [("concentration", positive, 0), ("rate", positive, 0)], "Kumaraswamy": [("concentration1", positive, 0), ("concentration0", positive, 0)],
    "Laplace": [("loc", anything, 0), ("scale", positive, 0)], "LogNormal": [("loc", anything, 0), ("scale", positive, 0)], "LogisticNormal": [("loc", anything, 1), ("scale", positive, 1)],
    "LowRankMultivariateNormal": [("loc", anything, 1), ("cov_factor", "{0}.unsqueeze(-1)", 1), ("cov_diag", positive, 1)],
    "Multinomial": [("total_count", "7", 0), rows], "MultivariateNormal": [("loc", anything, 1), [(name, "torch.diag_embed({0}.abs() + 0.5)", 1) for name in ("covariance_matrix", "precision_matrix", "scale_tril")]],
    "NegativeBinomial": [("total_count", positive, 0), scores], "Normal": [("loc", anything, 0), ("scale", positive, 0)], "OneHotCategorical": [rows], "OneHotCategoricalStraightThrough": [rows],
    "Pareto": [("scale", positive, 0), ("alpha", positive, 0)], "Poisson": [("rate", positive, 0)], "RelaxedBernoulli": [("temperature", "torch.tensor(0.5)", 0), scores],
    "RelaxedOneHotCategorical": [("temperature", "torch.tensor(0.5)", 0), rows], "StudentT": [("df", positive, 0), ("loc", anything, 0), ("scale", positive, 0)],
    "Uniform": [("low", "({0}.abs() * -1)", 0), ("high", positive, 0)], "VonMises": [("loc", anything, 0), ("concentration", positive, 0)], "Weibull": [("scale", positive, 0), ("concentration", positive, 0)],
    "Wishart": [("df", "50.0", 0), [(name, "torch.diag_embed({0}.abs() + 0.5)", 1) for name in ("covariance_matrix", "scale_tril")]],
}
members = [".mean", ".mode", ".variance", ".stddev", ".entropy()", ".batch_shape", ".event_shape", ".sample()", ".has_rsample"]


def spec(dims, letter):
    return ",".join(map(str, dims)) + letter


def drawn(rng, name):
    """The distribution as an expression, and the tensors that it names."""
    batch = [rng.choice(sizes) for _ in range(rng.randint(0, 2))]
    width = rng.choice([2, 3, 4])
    letter = "d" if rng.random() < 0.15 else "f"
    given, tensors = [], []
    for parameter in families[name]:
        key, text, own = rng.choice(parameter) if isinstance(parameter, list) else parameter
        if "{0}" not in text:
            given.append(f"{key}={text}")
            continue
        dims = [one if rng.random() < 0.8 else 1 for one in batch][rng.randint(0, len(batch)) if rng.random() < 0.25 else 0:]
        if rng.random() < 0.06:
            dims = [rng.choice([5, 6])] + dims[1:]
        if own == 0 and rng.random() < 0.15 and text in (positive, anything):
            given.append(f"{key}=0.5")
            continue
        tensors.append(spec(dims + [width] * own if rng.random() > 0.04 else dims + [width + 1] * own, letter))
        given.append(f"{key}={text.format('abcde'[len(tensors) - 1])}")
    return f"torch.distributions.{name}({', '.join(given)})", tensors


def extended(rng):
    return rng.choice(["", "torch.Size([5])", "(2, 3)", "[4]", "torch.Size()"])


def used(rng, name):
    made, tensors = drawn(rng, name)
    if rng.random() < 0.15:
        count = rng.randint(0, 2)
        made = f"torch.distributions.Independent({made}, {count})"
    elif rng.random() < 0.05:
        made = f"torch.distributions.TransformedDistribution({made}, [torch.distributions.AffineTransform(0.5, 2.0), torch.distributions.ExpTransform()])"
    elif rng.random() < 0.05:
        made = f"{made}.expand(torch.Size([2, 4]))"
    choice = rng.random()
    if choice < 0.4:
        return made + rng.choice(members), tensors
    if choice < 0.6:
        return f"{made}.{rng.choice(['sample', 'rsample'])}({extended(rng)})", tensors
    if choice < 0.7:
        return f"{made}.{rng.choice([key for parameter in families[name] for key, _, _ in (parameter if isinstance(parameter, list) else [parameter])])}", tensors
    if choice < 0.8:
        method = rng.choice(["log_prob", "cdf"])
        return f"(lambda p: p.{method}(p.sample({extended(rng)})))({made})", tensors
    if choice < 0.85 and name in ("Bernoulli", "Categorical", "OneHotCategorical"):
        return f"{made}.enumerate_support({rng.choice(['', 'expand=False'])})", tensors
    if choice < 0.92 and name not in ("Wishart",):
        return f"torch.distributions.kl_divergence({made}, {made})", tensors
    dims = [rng.choice(sizes) for _ in range(rng.randint(0, 3))]
    return f"{made}.log_prob({'abcde'[len(tensors)]})", [*tensors, spec(dims, "f=1")]


def draw_mixture(rng):
    count, batch = rng.choice([2, 3]), [rng.choice(sizes) for _ in range(rng.randint(0, 1))]
    inner = rng.choice([[], [], [4]])
    component = "torch.distributions.Normal(b, 1.0)" if not inner else "torch.distributions.Independent(torch.distributions.Normal(b, 1.0), 1)"
    made = f"torch.distributions.MixtureSameFamily(torch.distributions.Categorical(logits=a), {component})"
    member = rng.choice([".sample()", ".sample((3,))", ".mean", ".batch_shape", ".event_shape", ".variance", ".entropy()", ".rsample()"])
    return made + member, [spec([*batch, count], "f"), spec([*batch, count if rng.random() < 0.9 else count + 1, *inner], "f")]


for name in families:
    calls[name] = lambda rng, name=name: used(rng, name)
calls["MixtureSameFamily"] = draw_mixture
calls["LKJCholesky"] = lambda rng: (f"torch.distributions.LKJCholesky({rng.choice([1, 2, 3, 4])}, {rng.choice(['1.0', 'a.abs() + 0.5'])}){rng.choice(['.sample()', '.sample((2,))', '.batch_shape', '.event_shape'])}", [spec([rng.choice(sizes) for _ in range(rng.randint(0, 2))], "f")])
