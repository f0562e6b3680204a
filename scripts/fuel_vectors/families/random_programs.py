"""Random programs: structured control flow, calls, traps and bulk operations, the same in every run."""

from random import Random

from engine import Call, Program

PROGRAMS = 100
FUNCTIONS = 4
MOST_DEPTH = 4


class Body:
    """Writes one function body. Loops count down from a shared global, so that every program ends."""

    def __init__(self, random: Random, index: int):
        self.random = random
        self.index = index

    def statements(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth: int) -> str:
        simple = [self.arithmetic, self.arithmetic, self.call, self.branch_if, self.divide, self.fill, self.select]
        rare = [self.branch, self.leave, self.trap, self.branch_table]
        nested = [self.block, self.loop, self.choice, self.skip]
        if depth < MOST_DEPTH and self.random.random() < 0.5:
            return self.random.choice(nested)(depth)
        if self.random.random() < 0.1:
            return self.random.choice(rare)(depth)
        return self.random.choice(simple)(depth)

    def arithmetic(self, _depth: int) -> str:
        operator = self.random.choice(["add", "sub", "xor", "mul", "rotl"])
        return f"local.get 0 i32.const {self.random.randint(-50, 50)} i32.{operator} local.set 0"

    def condition(self) -> str:
        return f"local.get 0 i32.const {1 << self.random.randint(0, 4)} i32.and"

    def call(self, _depth: int) -> str:
        if self.index == 0:
            return "nop"
        callee = self.random.randrange(self.index)
        if self.random.random() < 0.3:
            return f"local.get 0 i32.const {callee} call_indirect (type $t) local.set 0"
        return f"local.get 0 call {callee} local.set 0"

    def divide(self, _depth: int) -> str:
        return f"i32.const 77 {self.condition()} {self.condition()} i32.or i32.const 1 i32.add i32.div_u drop"

    def fill(self, _depth: int) -> str:
        length = self.random.choice([f"i32.const {self.random.choice([0, 5, 200])}", self.condition()])
        return f"i32.const 8 local.get 0 {length} memory.fill"

    def select(self, _depth: int) -> str:
        return f"local.get 0 i32.const 5 {self.condition()} select local.set 0"

    def label(self, depth: int) -> int:
        return self.random.randint(0, depth)

    def result(self, label: int, depth: int) -> str:
        """Only the function's own label takes a value."""
        return "local.get 0" if label == depth else ""

    def branch(self, depth: int) -> str:
        label = self.label(depth)
        return f"{self.result(label, depth)} br {label}"

    def branch_if(self, depth: int) -> str:
        label = self.label(depth)
        value = self.result(label, depth)
        return f"{value} {self.condition()} br_if {label}{' drop' if value else ''}"

    def branch_table(self, depth: int) -> str:
        if depth == 0:
            return "nop"
        labels = [str(self.random.randrange(depth)) for _ in range(self.random.randint(1, 4))]
        return f"{self.condition()} br_table {' '.join(labels)}"

    def leave(self, _depth: int) -> str:
        return "local.get 0 return"

    def trap(self, _depth: int) -> str:
        return self.random.choice(
            ["unreachable", "i32.const 1 i32.const 0 i32.div_s drop", "i32.const -1 i32.load drop"]
        )

    def block(self, depth: int) -> str:
        return f"block {self.statements(depth + 1)} end"

    def loop(self, depth: int) -> str:
        count = (
            "global.get 0 i32.const 1 i32.sub global.set 0 global.get 0 i32.const 0 i32.le_s if local.get 0 return end"
        )
        return f"loop {count} {self.statements(depth + 1)} end"

    def choice(self, depth: int) -> str:
        return f"{self.condition()} if {self.statements(depth + 1)} else {self.statements(depth + 1)} end"

    def skip(self, depth: int) -> str:
        return f"{self.condition()} if {self.statements(depth + 1)} end"


def programs() -> list[Program]:
    return [random_program(seed) for seed in range(PROGRAMS)]


def random_program(seed: int) -> Program:
    random = Random(seed)
    functions = "\n  ".join(
        f"(func (type $t) {Body(random, index).statements(0)} local.get 0)" for index in range(FUNCTIONS)
    )
    elements = " ".join(map(str, range(FUNCTIONS)))
    wat = f"""(module (type $t (func (param i32) (result i32))) (memory 1)
  (global (mut i32) (i32.const 30)) (table funcref (elem {elements}))
  {functions} (export "f" (func {FUNCTIONS - 1})))"""
    calls = [Call("f", [f"i32:{random.randint(-1000, 1000)}"]) for _ in range(2)]
    return Program(f"random program {seed}", wat, calls, shows_text=False)
