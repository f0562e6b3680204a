"""The host that vectors run on: `tests/fuel/host.ts` is the same in TypeScript.

It answers every call of WASI preview1 that the samples make in the simplest way that is the same everywhere:
frozen clocks, constant randomness, three descriptors that are no terminals, no files.
"""

import wasmtime

ARGS = [b"guest"]
ENVIRON = [b"REQUEST_METHOD=GET", b"SCRIPT_NAME=/guest", b"PARAM_NAME=world"]
STDIN = b'{"url":"http://localhost/guest","method":"GET","headers":{},"body":"","kv":{},"params":{}}'

SUCCESS, BADF, SPIPE = 0, 8, 70
FILETYPE_REGULAR = 4


class Exit(Exception):
    """Thrown by `proc_exit`."""

    def __init__(self, code: int):
        super().__init__(f"exit {code}")
        self.code = code


class Host:
    """The imports of one instance."""

    def __init__(self):
        self.instance = None
        self.store = None
        self.stdin_read = 0

    def link(self, store: wasmtime.Store, module: wasmtime.Module) -> list:
        self.store = store
        return [self.define(store, each) for each in module.imports]

    def define(self, store: wasmtime.Store, imported) -> wasmtime.Func:
        call = getattr(self, imported.name)
        results = len(imported.type.results)
        return wasmtime.Func(store, imported.type, lambda *args: call(*args) if results else void(call, args))

    def double(self, value: int) -> int:
        """The only import that is not WASI's: what small vectors call."""
        return value * 2

    def args_sizes_get(self, count: int, size: int) -> int:
        return self.sizes(ARGS, count, size)

    def args_get(self, pointers: int, data: int) -> int:
        return self.strings(ARGS, pointers, data)

    def environ_sizes_get(self, count: int, size: int) -> int:
        return self.sizes(ENVIRON, count, size)

    def environ_get(self, pointers: int, data: int) -> int:
        return self.strings(ENVIRON, pointers, data)

    def clock_time_get(self, _clock: int, _precision: int, time: int) -> int:
        self.write(time, (1_000_000_000).to_bytes(8, "little"))
        return SUCCESS

    def random_get(self, data: int, length: int) -> int:
        self.write(data, bytes([7]) * length)
        return SUCCESS

    def fd_close(self, fd: int) -> int:
        return SUCCESS if fd < 3 else BADF

    def fd_fdstat_get(self, fd: int, stat: int) -> int:
        if fd >= 3:
            return BADF
        self.write(stat, bytes([FILETYPE_REGULAR]) + bytes(7) + b"\xff" * 16)
        return SUCCESS

    def fd_prestat_get(self, _fd: int, _prestat: int) -> int:
        return BADF

    def fd_prestat_dir_name(self, _fd: int, _path: int, _length: int) -> int:
        return BADF

    def fd_seek(self, _fd: int, _offset: int, _whence: int, _position: int) -> int:
        return SPIPE

    def fd_write(self, fd: int, iovs: int, count: int, written: int) -> int:
        if fd not in (1, 2):
            return BADF
        total = sum(length for _, length in self.buffers(iovs, count))
        self.write(written, total.to_bytes(4, "little"))
        return SUCCESS

    def fd_read(self, fd: int, iovs: int, count: int, read: int) -> int:
        if fd != 0:
            return BADF
        total = 0
        for pointer, length in self.buffers(iovs, count):
            chunk = STDIN[self.stdin_read : self.stdin_read + length]
            self.write(pointer, chunk)
            self.stdin_read += len(chunk)
            total += len(chunk)
        self.write(read, total.to_bytes(4, "little"))
        return SUCCESS

    def proc_exit(self, code: int) -> None:
        raise Exit(code)

    def buffers(self, iovs: int, count: int) -> list[tuple[int, int]]:
        words = [int.from_bytes(self.read(iovs + 4 * i, 4), "little") for i in range(2 * count)]
        return list(zip(words[::2], words[1::2]))

    def sizes(self, strings: list[bytes], count: int, size: int) -> int:
        self.write(count, len(strings).to_bytes(4, "little"))
        self.write(size, sum(len(each) + 1 for each in strings).to_bytes(4, "little"))
        return SUCCESS

    def strings(self, strings: list[bytes], pointers: int, data: int) -> int:
        for each in strings:
            self.write(pointers, data.to_bytes(4, "little"))
            self.write(data, each + b"\0")
            pointers += 4
            data += len(each) + 1
        return SUCCESS

    def memory(self) -> wasmtime.Memory:
        return self.instance.exports(self.store)["memory"]

    def read(self, start: int, length: int) -> bytes:
        return bytes(self.memory().read(self.store, start, start + length))

    def write(self, start: int, data: bytes) -> None:
        self.memory().write(self.store, data, start)


def void(call, args) -> None:
    call(*args)
