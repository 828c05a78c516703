"""JAX's updates as a peer of `npm run bench -- --epochs`: reads one JSON line that describes the
work, then a line per question.

One jitted function: weight noise, lax.scan over the steps (gates side by side, inputs' products
before it, readouts after it), the derivative, clipping, RMSProp. A batch is padded at its end to
the next of four lengths, those that fit the work best, and to the batch size with empty sequences;
rows beyond a sequence's end have the weight 0 in the loss. All shapes are compiled before time is
taken.
"""

import json
import os
import sys
import time

everywhere = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
if everywhere:
    # XLA makes a pool of as many threads as it may use cores: one
    os.sched_setaffinity(0, {max(everywhere)})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

def side_by_side(p, kind, gates):
    return jnp.concatenate([p[f"{kind}_{g}"] for g in gates], -1)


# A cell is given its state, the products of its input with the gates' weights side by side, and what it has of recurrent weights.
def tanh(w, state, x):
    return (jnp.tanh(x + state[0] @ w["U"]),)


def gru(w, state, x):
    (h,) = state
    n = h.shape[-1]
    r, z = jnp.split(jax.nn.sigmoid(x[:, : 2 * n] + h @ w["U"][:, : 2 * n]), 2, -1)
    c = jnp.tanh(x[:, 2 * n :] + (r * h) @ w["U"][:, 2 * n :])
    return ((1 - z) * h + z * c,)


def lstm(w, state, x):
    h, c = state
    i, f, new, o = jnp.split(x + h @ w["U"], 4, -1)
    c = jax.nn.sigmoid(f + w["V_f"] * c) * c + jax.nn.sigmoid(i + w["V_i"] * c) * jnp.tanh(new)
    h = jax.nn.sigmoid(o + w["V_o"] * c) * jnp.tanh(c)
    return h, c


CELLS = {"tanh": (tanh, "h", 1), "gru": (gru, "rzc", 1), "lstm": (lstm, "ifco", 2)}


def loss(p, cell, batch):
    step, gates, states = CELLS[cell]
    x, target, weight = batch
    w = {"U": side_by_side(p, "U", gates), **{name: p[name] for name in p if name[0] == "V"}}
    inputs = x @ side_by_side(p, "W", gates) + side_by_side(p, "b", gates)
    begin = tuple(jnp.zeros((x.shape[1], p["W_y"].shape[0])) for _ in range(states))

    def body(state, now):
        state = step(w, state, now)
        return state, state[0]

    h = jax.lax.scan(body, begin, inputs)[1]  # unrolled by 4 or 8 it was slower, and slow to compile
    y = h @ p["W_y"] + p["b_y"]
    nll = jax.nn.softplus(y) - y * target
    return (nll * weight[..., None]).sum() / weight.sum()


def update(training, batch, cell, s, noise, epsilon):
    p, square, velocity, key = training
    key, *keys = jax.random.split(key, 1 + len(p))
    noisy = {
        name: w + noise * jax.random.normal(k, w.shape)
        if name[0] in "WU" and name != "W_y"
        else w
        for (name, w), k in zip(p.items(), keys)
    }
    nll, g = jax.value_and_grad(loss)(noisy, cell, batch)
    norm = jnp.sqrt(sum((a * a).sum() for a in g.values()))
    scale = jnp.minimum(1, s["maxGradientNorm"] / norm)
    g = {name: a * scale for name, a in g.items()}
    square = {n: s["decay"] * square[n] + (1 - s["decay"]) * a * a for n, a in g.items()}
    velocity = {
        n: s["momentum"] * velocity[n] + s["learningRate"] * a * jax.lax.rsqrt(square[n] + epsilon)
        for n, a in g.items()
    }
    return ({n: w - velocity[n] for n, w in p.items()}, square, velocity, key), nll, norm


def few_lengths(lengths, most=4):
    """The lengths, so many at most, to which batches are padded with the least rows in all."""
    distinct = sorted(set(lengths))
    counts = [lengths.count(length) for length in distinct]

    def padded(best, begin, end):
        rows, chosen = best[begin]
        return rows + distinct[end - 1] * sum(counts[begin:end]), [*chosen, distinct[end - 1]]

    best = {0: (0, [])}  # by how many of the distinct lengths have their place
    for _ in range(most):
        ends = range(1, len(distinct) + 1)
        best = {0: (0, [])} | {
            end: min(padded(best, begin, end) for begin in best if begin < end) for end in ends
        }
    return best[len(distinct)][1]


def arrays(batch, work, lengths):
    offsets = np.array(batch["stepOffsets"])
    shape = next(n for n in lengths if n >= len(offsets) - 1), work["batchSize"]
    weight = np.zeros(shape, np.float32)
    x = np.zeros((*shape, work["inputSize"]), np.float32)
    target = np.zeros((*shape, work["readoutSize"]), np.float32)
    for t, (first, end) in enumerate(zip(offsets, offsets[1:])):
        weight[t, : end - first] = 1
        for to, part in ((x, batch["input"]), (target, batch["target"])):
            for r in range(first, end):
                to[t, r - first, part["columns"][part["offsets"][r] : part["offsets"][r + 1]]] = 1
    return tuple(jnp.asarray(a) for a in (x, target, weight))


def main():
    work = json.loads(sys.stdin.readline())
    s = work["settings"]
    lengths = few_lengths([len(batch["stepOffsets"]) - 1 for batch in work["batches"]])
    batches = [arrays(batch, work, lengths) for batch in work["batches"]]

    def begun():
        # every time anew: an update takes the memory of what it is given
        p = {k: jnp.asarray(np.array(v["values"], np.float32).reshape(v["shape"])) for k, v in work["parameters"].items()}
        zeros = [{k: jnp.zeros_like(v) for k, v in p.items()} for _ in range(2)]
        return p, *zeros, jax.random.key(1)

    run = jax.jit(lambda *given: update(*given[:2], work["cell"], s, *given[2:]), donate_argnums=0)

    def timed(training, batch):
        return run(training, batch, s["weightNoise"], s["epsilon"])

    training = begun()
    for batch in {batch[0].shape: batch for batch in batches}.values():
        training, nll, norm = timed(training, batch)
    nll.block_until_ready()
    if everywhere:
        for thread in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(thread), everywhere)
    rows = sum(len(part[2].reshape(-1)) for part in batches)
    print(json.dumps({"paddedRows": rows, "shapes": len({batch[0].shape for batch in batches})}), flush=True)
    training = begun()
    for line in sys.stdin:
        if json.loads(line) == "first updates":
            state, made = begun(), []
            for batch in batches[: work["check"]["updates"]]:
                state, nll, norm = run(state, batch, 0.0, work["check"]["epsilon"])
                made.append({"nllPerStep": float(nll), "gradientNorm": float(norm)})
            print(json.dumps(made), flush=True)
            continue
        wall, processor = time.perf_counter(), time.process_time()
        for batch in batches:
            training, nll, norm = timed(training, batch)
            float(nll)  # a trainer looks at every loss
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        print(json.dumps({"wallMs": 1000 * wall, "processorMs": 1000 * processor}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--version"]:
        print(jax.__version__)
    else:
        main()
