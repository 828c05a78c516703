"""PyTorch's updates as a peer of `npm run bench -- --epochs`: reads one JSON line that describes the
work, then a line per question.

The fastest that PyTorch has for one layer: nn.GRU, nn.LSTM, nn.RNN over whole sequences, packed
where their lengths differ. nn.GRU resets after the product and nn.LSTM has no peepholes, so losses
are compared with ours of those cells.
"""

import json
import sys
import time

import torch
from torch.nn.utils.rnn import PackedSequence


class Network(torch.nn.Module):
    def __init__(self, work):
        super().__init__()
        layer = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "tanh": torch.nn.RNN}[work["cell"]]
        self.rnn = layer(work["inputSize"], work["hiddenSize"])
        self.output = torch.nn.Linear(work["hiddenSize"], work["readoutSize"])
        state = {k: torch.tensor(v["values"]).view(v["shape"]) for k, v in work["state"].items()}
        self.load_state_dict(state)

    def forward(self, x):
        h = self.rnn(x)[0]
        return self.output(h.data if isinstance(h, PackedSequence) else h)


def dense(rows, width, columns):
    out = torch.zeros(len(rows), width)
    for r, (begin, end) in enumerate(rows):
        out[r, columns[begin:end]] = 1
    return out


def tensors(batch, work):
    """Input, target and rows of a batch; its rows come step by step, as PackedSequence has them."""
    steps = torch.tensor(batch["stepOffsets"]).diff()
    x, target = (
        dense(list(zip(batch[part]["offsets"], batch[part]["offsets"][1:])), width, batch[part]["columns"])
        for part, width in (("input", work["inputSize"]), ("target", work["readoutSize"]))
    )
    size, count = int(steps[0]), len(x)
    if bool((steps == size).all()):  # one length: nothing to pack
        return x.view(-1, size, x.shape[-1]), target.view(-1, size, target.shape[-1]), count
    return PackedSequence(x, steps), target, count


class Training:
    def __init__(self, work, noise, epsilon):
        self.network = Network(work)
        self.noise = noise
        s = work["settings"]
        self.most = s["maxGradientNorm"]
        self.noisy = [p for name, p in self.network.rnn.named_parameters() if name.startswith("weight")]
        self.rule = torch.optim.RMSprop(
            self.network.parameters(), lr=s["learningRate"], alpha=s["decay"], eps=epsilon, momentum=s["momentum"]
        )

    def update(self, x, target, rows, before_clipping=None):
        if self.noise:
            noise = [torch.randn_like(p) * self.noise for p in self.noisy]
            with torch.no_grad():
                torch._foreach_add_(self.noisy, noise)
        y = self.network(x)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(y, target, reduction="sum") / rows
        self.rule.zero_grad(set_to_none=True)
        loss.backward()
        if before_clipping:
            before_clipping(self.network.rnn)
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.most)
        if self.noise:
            with torch.no_grad():
                torch._foreach_sub_(self.noisy, noise)
        self.rule.step()
        return loss.item(), norm


def one_bias(rnn):
    """Our cells have one bias where PyTorch adds two: the second one stands still while losses are compared."""
    with torch.no_grad():
        grad, units = rnn.bias_hh_l0.grad, rnn.hidden_size
        (grad[: 2 * units] if isinstance(rnn, torch.nn.GRU) else grad).zero_()


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    work = json.loads(sys.stdin.readline())
    batches = [tensors(batch, work) for batch in work["batches"]]
    settings = work["settings"]
    training = Training(work, settings["weightNoise"], settings["epsilon"] ** 0.5)
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        if json.loads(line) == "first updates":
            plain = Training(work, 0, work["check"]["epsilon"] ** 0.5)
            made = [plain.update(*batch, one_bias) for batch in batches[: work["check"]["updates"]]]
            print(json.dumps([{"nllPerStep": nll, "gradientNorm": float(norm)} for nll, norm in made]), flush=True)
            continue
        wall, processor = time.perf_counter(), time.process_time()
        for batch in batches:
            training.update(*batch)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        print(json.dumps({"wallMs": 1000 * wall, "processorMs": 1000 * processor}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--version"]:
        print(torch.__version__)
    else:
        main()
