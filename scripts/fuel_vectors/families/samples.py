"""The samples and the benchmark programs, on the host of `host.py`."""

from engine import Call, Program

PATHS = [
    *(f"functions/{name}.wasm" for name in ("hello", "echo", "visits", "json", "primes", "greet/[name]")),
    *(f"bench/programs/{name}.wasm" for name in ("quicksort", "json_parse", "matrix")),
]


def programs() -> list[Program]:
    return [Program(path, "", [Call("_start")], path=path) for path in PATHS]
