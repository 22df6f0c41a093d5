# Random configurations of torch.nn and torch.nn.functional, one file for each family: GENERATORS maps a name to a function from a Draw to a
# Configuration. They must not import torch: the same seed gives the same programs whatever is installed.
