"""Blocks, loops, branches, dead code and traps, with every budget."""

from engine import Call, Program

BODIES = {
    "an empty function": ("", [[]]),
    "nop and drop": ("nop i32.const 1 drop nop", [[]]),
    "if and else": (
        """(param i32) (result i32) local.get 0 if (result i32) i32.const 1 i32.const 2 i32.add
        else i32.const 7 end i32.const 3 i32.mul""",
        [[0], [1]],
    ),
    "if without else": (
        """(param i32) (result i32) i32.const 1 drop local.get 0 if i32.const 5 local.set 0 end
        local.get 0 i32.const 1 i32.add""",
        [[0], [1]],
    ),
    "if that returns": (
        "(param i32) (result i32) local.get 0 if i32.const 5 return end local.get 0 i32.const 1 i32.add",
        [[0], [1]],
    ),
    "if left by branches": (
        """(param i32) (result i32) i32.const 3 drop local.get 0 if
        local.get 0 i32.const 2 i32.eq br_if 0 i32.const 9 local.set 0 br 0 end
        local.get 0 i32.const 1 i32.add""",
        [[0], [1], [2]],
    ),
    "else alone": ("(param i32) local.get 0 if else i32.const 1 drop nop i32.const 2 drop end", [[0], [1]]),
    "empty arms": ("(param i32) local.get 0 if end local.get 0 if else end", [[0], [1]]),
    "nested ifs at the end": (
        """(param i32) (result i32) local.get 0 if (result i32) local.get 0 i32.const 1 i32.eq
        if (result i32) i32.const 11 else i32.const 22 i32.eqz end else i32.const 7 end""",
        [[0], [1], [2]],
    ),
    "if of several values": (
        """(param i32) (result i32 i32) i32.const 4 local.get 0
        if (param i32) (result i32 i32) i32.const 5 else i32.const 6 i32.const 7 i32.add end""",
        [[0], [1]],
    ),
    "branches out of blocks": (
        """(param i32) (result i32) block (result i32) block local.get 0 br_if 0 i32.const 1 br 1 end
        i32.const 2 i32.const 3 i32.add end i32.const 1 i32.add""",
        [[0], [1]],
    ),
    "br_if with values": (
        "(param i32) (result i32 i64) i32.const 5 i64.const 6 local.get 0 br_if 0 drop i64.const 1",
        [[0], [1]],
    ),
    "br_if out of the function": ("(param i32) local.get 0 br_if 0 i32.const 1 drop i32.const 1 drop", [[0], [1]]),
    "a loop": (
        """(param i32) (result i32) (local i32) loop local.get 1 local.get 0 i32.add local.set 1
        local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end local.get 1""",
        [[1], [4]],
    ),
    "a loop left from its middle": (
        """(param i32) (result i32) (local i32) block loop local.get 0 i32.eqz br_if 1
        local.get 0 i32.const 1 i32.sub local.set 0 br 0 end end local.get 1""",
        [[0], [4]],
    ),
    "nested loops": (
        """(param i32) (local i32) loop local.get 0 local.set 1 loop
        local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0 end
        local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end""",
        [[1], [3]],
    ),
    "a loop that goes on from within an if": (
        """(param i32) loop local.get 0 if local.get 0 i32.const 1 i32.sub local.set 0 br 1 end end""",
        [[0], [3]],
    ),
    "a loop that is not repeated": ("(param i32) loop i32.const 1 drop end loop end i32.const 1 drop", [[0]]),
    "a loop with values": (
        """(param i32) (result i32) i32.const 0 loop (param i32) (result i32) local.get 0 i32.add
        local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end""",
        [[1], [3]],
    ),
    "br_table": (
        """(param i32) (result i32) block block block local.get 0 br_table 0 1 2 end i32.const 1 return end
        i32.const 2 drop i32.const 3 return end i32.const 4""",
        [[0], [1], [2], [9]],
    ),
    "br_table out of an if": (
        """(param i32) (result i32) i32.const 1 drop block local.get 0 if block local.get 0
        br_table 0 1 2 end i32.const 2 drop end i32.const 3 drop end i32.const 4""",
        [[0], [1], [2]],
    ),
    "br_table into a loop and out of it": (
        """(param i32) (result i32) block loop local.get 0 i32.const 1 i32.sub local.tee 0
        i32.const 3 i32.and br_table 1 1 0 0 1 end end i32.const 8""",
        [[1], [4]],
    ),
    "br_table with one label": ("(param i32) block local.get 0 br_table 0 end i32.const 1 drop", [[0], [5]]),
    "br_table to the function": (
        "(param i32) (result i32) i32.const 7 block (param i32) (result i32) local.get 0 br_table 0 1 end i32.const 1 i32.add",
        [[0], [1]],
    ),
    "dead code": (
        """(param i32) (result i32) i32.const 5 br 0 i32.const 1 i32.add loop br 0 end block br 0 end
        if nop else nop end unreachable""",
        [[0]],
    ),
    "dead code in blocks": (
        """(param i32) (result i32) block i32.const 1 drop br 0 i32.const 2 drop i32.const 3 drop end
        local.get 0 if unreachable i32.const 1 drop else i32.const 1 drop end i32.const 4""",
        [[0], [1]],
    ),
    "a block that is never left": (
        "(param i32) (result i32) block i32.const 5 return end i32.const 6 i32.const 7 i32.add",
        [[0]],
    ),
    "return within loops": (
        "(param i32) (result i32) loop (result i32) loop (result i32) local.get 0 return end end",
        [[0]],
    ),
    "unreachable": ("(param i32) i32.const 1 drop i32.const 2 drop unreachable", [[0]]),
    "unreachable in one arm": (
        "(param i32) i32.const 1 drop local.get 0 if i32.const 1 drop unreachable end i32.const 2 drop",
        [[0], [1]],
    ),
    "division by zero in a run": (
        "(param i32) (result i32) i32.const 1 drop i32.const 2 local.get 0 i32.div_u i32.const 1 i32.add",
        [[0], [1]],
    ),
    "a trap after a loop": (
        """(param i32) (result i32) (local i32) i32.const 3 local.set 1 loop
        local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0 end i32.const 1 local.get 0 i32.rem_s""",
        [[0], [1]],
    ),
    "a trap in a loop": (
        """(param i32) (local i32) i32.const 3 local.set 1 loop
        i32.const 8 local.get 1 local.get 0 i32.sub i32.div_s drop
        local.get 1 i32.const 1 i32.sub local.tee 1 br_if 0 end""",
        [[0], [2]],
    ),
    "a trap after a branch not taken": (
        "(param i32) local.get 0 br_if 0 i32.const 1 i32.const 0 i32.div_s drop",
        [[0], [1]],
    ),
    "a trap after a branch with two values not taken": (
        """(param i32) (result i32 i32) i32.const 3 drop block (result i32 i32) i32.const 1 i32.const 2
        local.get 0 br_if 0 drop drop i32.const 1 i32.const 0 i32.div_s i32.const 5 end""",
        [[0], [1]],
    ),
    "a trap after a branch out of a function of two results not taken": (
        """(param i32) (result i32 i32) i32.const 3 drop i32.const 1 i32.const 2 local.get 0 br_if 0 drop drop
        i32.const 1 i32.const 0 i32.div_s i32.const 5""",
        [[0], [1]],
    ),
    "br_table out of a function of two results": (
        """(param i32) (result i32 i64) i32.const 1 i64.const 2 block (param i32 i64) (result i32 i64)
        local.get 0 br_table 0 1 end i32.const 9 drop return""",
        [[0], [1]],
    ),
    "a conversion that traps": (
        "(param i32) (result i32) i32.const 1 drop local.get 0 f32.reinterpret_i32 i32.trunc_f32_s",
        [[0], [0x7FC00000]],
    ),
    "select": ("(param i32) (result i32) i32.const 1 i32.const 2 local.get 0 select", [[0], [1]]),
    "a long run": ("i32.const 1 drop " * 100, [[]]),
}


def programs() -> list[Program]:
    found = []
    for name, (body, arguments) in BODIES.items():
        calls = [Call("f", [f"i32:{value}" for value in args]) for args in arguments]
        found.append(Program(name, f'(module (func (export "f") {body}))', calls, sweep=name != "a long run"))
    return found
