"""PyTorch's training step as a peer of the bench: reads one JSON line that describes the case, then a line per step.

The fastest that PyTorch has for one layer: nn.GRU, nn.LSTM, nn.RNN over whole sequences. They differ from the paper's units in
details that cost no less: nn.GRU resets after the product, nn.LSTM has no peepholes, both have a second bias.
"""

import json
import sys
import time

import torch


def mixture_nll(y, target, components):
    logits, mean, raw = y.split([components, *[components * target.shape[-1]] * 2], dim=-1)
    shape = (*target.shape, components)
    mean, deviation = mean.view(shape), torch.nn.functional.softplus(raw.view(shape)) + 0.01
    z = (target.unsqueeze(-1) - mean) / deviation
    energy = (0.5 * z * z + deviation.log() + 0.9189385332046727).sum(-2)
    return -torch.logsumexp(torch.log_softmax(logits, -1) - energy, -1).mean()


class Nade(torch.nn.Module):
    """All keys of all steps at once: what each has heard is a running sum over the keys below it."""

    def __init__(self, keys, hidden):
        super().__init__()
        self.keys = keys
        self.W, self.V = (torch.nn.Parameter(0.2 * torch.rand(keys, hidden) - 0.1) for _ in range(2))

    def forward(self, y, x):
        b, c = y[..., : self.keys], y[..., self.keys :]
        heard = x.unsqueeze(-1) * self.W
        a = c.unsqueeze(-2) + heard.cumsum(-2) - heard
        logits = b + (torch.sigmoid(a) * self.V).sum(-1)
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")


class Network(torch.nn.Module):
    def __init__(self, case):
        super().__init__()
        layer = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "tanh": torch.nn.RNN}[case["cell"]]
        self.layer = layer(case["inputSize"], case["hiddenSize"])
        self.readout = torch.nn.Linear(case["hiddenSize"], case["readoutSize"])
        if case["kind"] == "chords":
            self.nade = Nade(88, case["readoutSize"] - 88)

    def forward(self, x):
        return self.readout(self.layer(x)[0])


def main():
    case = json.loads(sys.stdin.readline())
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    device = case["device"]
    network = Network(case).to(device)
    run = torch.compile(network) if case["compile"] else network
    noisy = [p for name, p in network.layer.named_parameters() if name.startswith("weight")]
    rmsprop = torch.optim.RMSprop(network.parameters(), lr=1e-4, alpha=0.95, eps=1e-3, momentum=0.9)
    shape = (case["time"], case["size"])
    if case["kind"] in ("music", "chords"):
        x, target = ((torch.rand(*shape, 88) < 4 / 88).float().to(device) for _ in range(2))
    elif case["kind"] == "text":
        classes = case["readoutSize"]
        x = torch.nn.functional.one_hot(torch.randint(classes, shape), classes).float().to(device)
        target = torch.randint(classes, (shape[0] * shape[1],)).to(device)
    else:
        x, target = torch.randn(*shape, 20).to(device), torch.randn(*shape, 10).to(device)

    def step():
        noise = [torch.randn_like(p) * 0.075 for p in noisy]
        with torch.no_grad():
            torch._foreach_add_(noisy, noise)
        y = run(x)
        if case["kind"] == "music":
            loss = torch.nn.functional.binary_cross_entropy_with_logits(y, target, reduction="sum") / (shape[0] * shape[1])
        elif case["kind"] == "chords":
            loss = network.nade(y, target) / (shape[0] * shape[1])
        elif case["kind"] == "text":
            loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), target)
        else:
            loss = mixture_nll(y, target, 20)
        rmsprop.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        with torch.no_grad():
            torch._foreach_sub_(noisy, noise)
        rmsprop.step()
        return loss.item()

    torch.set_flush_denormal(True)
    step()
    print(json.dumps({"version": torch.__version__}), flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        step()
        print(json.dumps({"ms": 1000 * (time.perf_counter() - begin)}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--version"]:
        print(torch.__version__, "with" if torch.cuda.is_available() else "without", "CUDA")
    else:
        main()
