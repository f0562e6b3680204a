"""Skerry's half of a Python function; runs inside CPython.

The first image of the memory is taken when this file has run. From there `build` takes a source and makes it
ready, after which the second image is taken, and from that one every request starts with `answer`. Each of
them is called by the host with the request's environment in `ENVIRONMENT`, and ends the process or returns.
"""

import ast  # Here for traceback, which imports it late.
import atexit
import gc
import json
import linecache
import os
import posix
import sys
import traceback
from urllib.parse import parse_qsl

ENVIRONMENT = bytearray(1)
function = None
authorization = None


class Lookup(dict):
    """Text by name, in whatever case, `-` and `_` being the same. Missing names raise KeyError."""

    def __init__(self, pairs=()):
        super().__init__()
        for name, value in pairs:
            self[name] = value

    def _key(name):
        return name.lower().replace("_", "-") if isinstance(name, str) else name

    def __getitem__(self, name):
        return super().__getitem__(Lookup._key(name))

    def __setitem__(self, name, value):
        super().__setitem__(Lookup._key(name), value)

    def __contains__(self, name):
        return super().__contains__(Lookup._key(name))

    def get(self, name, default=None):
        return super().get(Lookup._key(name), default)


class Request:
    """What a handler is given."""

    def __init__(self, env):
        self.env = env
        self.method = env.get("REQUEST_METHOD", "GET")
        self.url = env.get("X_FULL_URL", "")
        self.path = env.get("SCRIPT_NAME", "") + env.get("PATH_INFO", "")
        self.headers = Lookup(_headers(env))
        self.params = Lookup((k[6:], v) for k, v in env.items() if k.startswith("PARAM_"))
        self._body = None
        self._pairs = None

    @property
    def query_list(self):
        """Every `name=value` of the query in order, as pairs."""
        if self._pairs is None:
            self._pairs = parse_qsl(self.env.get("QUERY_STRING", ""), keep_blank_values=True)
        return self._pairs

    @property
    def query(self):
        """The query by name; of a name that occurs twice, the last."""
        return dict(self.query_list)

    @property
    def body(self):
        if self._body is None:
            self._body = _read_all()
        return self._body

    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)


def _headers(env):
    for name, value in env.items():
        if name.startswith("HTTP_"):
            yield name[5:], value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if env.get(name):
            yield name, env[name]
    if authorization is not None:
        yield "authorization", authorization


def _read_all():
    parts = []
    while part := posix.read(0, 65536):
        parts.append(part)
    return b"".join(parts)


def _write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[posix.write(fd, view):]


# --- Building -----------------------------------------------------------------------------------------


class _Watched(dict):
    """The environment while a function is loaded: its values come with a request, so notes who looks."""

    touched = False

    def _touch(self):
        _Watched.touched = True

    def __getitem__(self, key):
        self._touch()
        return super().__getitem__(key)

    def __iter__(self):
        self._touch()
        return super().__iter__()

    def __len__(self):
        self._touch()
        return super().__len__()


class Function:
    """One source: a script that runs as `__main__`, or a module with a handler."""

    def __init__(self, file_name, source, is_lazy):
        self.file_name = file_name
        self.tree = compile(source, file_name, "exec", ast.PyCF_ONLY_AST)
        self.code = compile(source, file_name, "exec", dont_inherit=True)
        self.is_handler = any(name == "handler" for name in _bound_names(self.tree.body))
        self.is_loaded = False
        self.module = self._new_module()
        lines = source.decode("utf-8-sig", "replace").splitlines(True)
        linecache.cache[file_name] = (len(source), None, lines, file_name)
        _import_ahead(self.tree)
        del self.tree
        if self.is_handler and not is_lazy:
            self.load()

    def _new_module(self):
        stem = self.file_name.rpartition("/")[2].partition(".")[0]
        is_free = stem.isidentifier() and stem not in sys.modules and stem not in sys.stdlib_module_names
        name = "__main__" if not self.is_handler else stem if is_free else "function"
        module = type(sys)(name)
        module.__file__ = self.file_name
        module.__builtins__ = __builtins__
        sys.modules[name] = module
        return module

    def load(self):
        self.is_loaded = True
        exec(self.code, self.module.__dict__)
        if self.is_handler and not callable(self.module.handler):
            raise TypeError(f"handler is {type(self.module.handler).__name__}, not a function")

    def run(self, env):
        if not self.is_loaded:
            self.load()
        if self.is_handler:
            _write_all(1, _response(_finished(self.module.handler(Request(env)))))


def _bound_names(statements):
    """Names that statements of a module bind, as far as that can be seen without running them."""
    for each in statements:
        kind = type(each).__name__
        if kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
            yield each.name
        elif kind in ("Import", "ImportFrom"):
            for alias in each.names:
                yield alias.asname or alias.name
        elif kind in ("Assign", "AnnAssign"):
            for target in each.targets if kind == "Assign" else [each.target]:
                yield getattr(target, "id", None)
        else:
            for field in ("body", "orelse", "handlers", "finalbody"):
                yield from _bound_names(getattr(each, field, ()))


def _import_ahead(tree):
    """Imports what the source will, wherever it says so: those are Python's own modules, and cost time."""
    names = set()
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        kind = type(node).__name__
        if kind == "Import":
            names.update(alias.name for alias in node.names)
        elif kind == "ImportFrom" and node.level == 0:
            names.add(node.module)
        for field in node._fields:
            value = getattr(node, field, None)
            nodes.extend(each for each in (value if isinstance(value, list) else [value]) if hasattr(each, "_fields"))
    for name in sorted(names):
        if name.partition(".")[0] in sys.stdlib_module_names - {"this", "antigravity"}:
            try:
                __import__(name)
            except BaseException:
                pass  # Where the source imports it, it will fail again, and say so there.


def build():
    """Makes a source ready. The environment names the file and says whether to load it only when asked to."""
    global function
    options = _environment()
    file_name = options["FILE_NAME"]
    os.environ._data = _Watched()
    posix.environ.clear()
    sys.stdout = sys.stderr
    try:
        function = Function(file_name, _read_all(), options.get("LAZY") == "1")
    except BaseException as error:
        _report({"touched": _Watched.touched, **_diagnostic(error, file_name)})
    sys.stdout = sys.__stdout__
    sys.argv[:] = sys.orig_argv[:] = [file_name]
    gc.collect()
    gc.freeze()
    _report({"touched": _Watched.touched, **_entry(answer)})


def _diagnostic(error, file_name):
    message = "".join(traceback.format_exception_only(error)[-1:]).strip()
    if isinstance(error, SyntaxError) and error.filename == file_name:
        # Of a source that cannot be decoded Python says 0 and -1.
        at = {"line": error.lineno, "column": error.offset}
        return {"message": message, **{name: at[name] for name in at if at[name] and at[name] > 0}}
    if isinstance(error, SystemExit):
        message = "The function exits while it is loaded"
    # Where the function's own code was, innermost.
    own = [each for each in traceback.extract_tb(error.__traceback__) if each.filename == file_name]
    at = {"line": own[-1].lineno, "column": own[-1].colno + 1} if own else {}
    return {"message": message, **at}


def _entry(callable):
    return {"callable": id(callable), "environment": id(ENVIRONMENT)}


def _report(value):
    """Ends the process, leaving the interpreter in memory as it is."""
    _write_all(1, b"\n" + json.dumps(value).encode())
    posix._exit(0)


# --- Answering ----------------------------------------------------------------------------------------


def answer():
    """Answers one request, from an interpreter that has just been built."""
    env = _environment()
    exit_code = 0
    try:
        if "random" in sys.modules:
            sys.modules["random"].seed()  # Or every request would draw the same numbers.
        if function.is_handler:
            sys.stdout = sys.stderr  # What a handler prints is for its log.
        function.run(env)
    except SystemExit as error:
        exit_code = _exit_code(error)
    except BaseException as error:
        exit_code = 1
        _print_exception(error)
    exit_code = _flush() or exit_code
    if exit_code:
        posix._exit(exit_code)


def _environment():
    """Takes over the request's environment."""
    global authorization
    block = bytes(ENVIRONMENT)
    pairs = (each.partition(b"=") for each in block.split(b"\0") if each)
    raw = {name: value for name, _, value in pairs}
    value = raw.pop(b"SKERRY_AUTHORIZATION", None)  # For the handler's request alone.
    authorization = None if value is None else os.fsdecode(value)
    posix.environ.clear()
    posix.environ.update(raw)
    os.environ._data = raw.copy()
    return {os.fsdecode(name): os.fsdecode(value) for name, value in raw.items()}


def _finished(result):
    """Runs a coroutine to its end. There is no event loop: nothing a function can await has to wait."""
    if not hasattr(result, "__await__"):
        return result
    steps = result.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise TypeError("handler awaited something that needs an event loop, which there is not")


EXPECTED = "expected str, bytes, dict, list or (status, headers, body)"


def _response(result):
    """The CGI response for what a handler returned."""
    status, headers = 200, ()
    if isinstance(result, tuple):
        if len(result) != 3:
            raise TypeError(f"handler returned a tuple of {len(result)}; {EXPECTED}")
        status, headers, result = result
        if type(status) is not int or not 200 <= status <= 599:
            raise ValueError(f"handler returned status {status!r}; expected an int from 200 to 599")
        result = b"" if result is None else result
    content_type, body = _body(result)
    lines = [f"Status: {status}"]
    for name, value in _header_pairs(headers):
        if name.lower() == "content-type":
            content_type = value
        elif name.lower() == "status":
            raise ValueError("handler returned a Status header; the status comes first in the tuple")
        else:
            lines.append(f"{name}: {value}")
    lines.append(f"Content-Type: {content_type}\n\n")
    return "\n".join(lines).encode("utf-8", "surrogateescape") + body


def _body(result):
    if isinstance(result, str):
        return "text/plain; charset=utf-8", result.encode("utf-8")
    if isinstance(result, (bytes, bytearray, memoryview)):
        return "application/octet-stream", bytes(result)
    if isinstance(result, (dict, list)):
        text = json.dumps(result, ensure_ascii=False, allow_nan=False)
        return "application/json", text.encode("utf-8")
    raise TypeError(f"handler returned {type(result).__name__}; {EXPECTED}")


TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _header_pairs(headers):
    pairs = headers.items() if hasattr(headers, "items") else headers or ()
    for name, values in pairs:
        if not isinstance(name, str) or not name or not TOKEN.issuperset(name):
            raise ValueError(f"handler returned a header named {name!r}; expected letters, digits and -")
        for value in values if isinstance(values, (list, tuple)) else (values,):
            text = value if isinstance(value, str) else str(value)
            if any((ord(each) < 32 and each != "\t") or each == "\x7f" for each in text):
                raise ValueError(f"handler returned header {name} with a control character")
            yield name, text


def _exit_code(error):
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write(f"{code}\n")
    return 1


def _print_exception(error):
    """Prints a traceback that begins with the function's own code."""
    try:
        at = error.__traceback__
        while at is not None and at.tb_frame.f_globals is globals():
            at = at.tb_next
        if sys.excepthook is not sys.__excepthook__:
            sys.excepthook(type(error), error, at)
        else:
            traceback.print_exception(type(error), error, at)
    except BaseException:
        # For want of memory, or stack; the kind of error at least.
        posix.write(2, f"{type(error).__name__}\n".encode())


def _flush():
    try:
        atexit._run_exitfuncs()
        if not sys.__stdout__.closed:
            sys.__stdout__.flush()
        if sys.stdout not in (sys.__stdout__, sys.stderr):
            sys.stdout.flush()
        sys.__stderr__.flush()
        return 0
    except BaseException as error:
        _print_exception(error)
        return 1


_report(_entry(build))
