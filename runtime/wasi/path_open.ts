import { wasi } from "@bjorn3/browser_wasi_shim";
import { ALL_FDFLAGS, type Descriptor } from "./descriptor.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import { DirectoryDescriptor } from "./directory_descriptor.ts";
import { FileDescriptor } from "./file_descriptor.ts";
import type { OrErrno } from "./filesystem/handles.ts";
import { resolve, type Target } from "./filesystem/resolve.ts";
import { followOf, openDirectory, readPath } from "./guest_path.ts";
import { knownRights } from "./rights.ts";
import type { Run } from "./run.ts";

const ALL_OFLAGS = wasi.OFLAGS_CREAT | wasi.OFLAGS_DIRECTORY | wasi.OFLAGS_EXCL | wasi.OFLAGS_TRUNC;
/** What a `path_open` asks for. */
interface OpenRequest {
  readonly base: DirectoryDescriptor;
  readonly oflags: number;
  /** `RIGHTS_*` bits; only reading and writing matter, as in Wasmtime. */
  readonly rights: number;
  readonly fdflags: number;
  readonly run: Run;
}

/** `path_open`. */
export function pathOpenCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Opens, and with OFLAGS_CREAT makes, a file or opens a directory, and writes its descriptor,
     * the lowest free number, u32, to `opened`.
     *
     * EBADF, ENOTDIR: `fd` is no directory; EFAULT, EILSEQ, ENAMETOOLONG, EINVAL: bad pointer, path
     * or flags; ENFILE: too many open; ENOENT, EEXIST, EISDIR, ENOTDIR, ELOOP: what was found is
     * not what was asked for; EPERM: the path leads out of `fd`; EROFS: read-only; ENOTCAPABLE: a
     * right was given up; ENOSPC: over a quota.
     */
    path_open(
      fd: number,
      lookupFlags: number,
      path: number,
      pathLength: number,
      oflags: number,
      rightsBase: bigint,
      _rightsInheriting: bigint,
      fdflags: number,
      opened: number,
    ): number {
      run.enter();
      const base = openDirectory(table, fd);
      if (typeof base === "number") return base;
      const text = readPath(run, path, pathLength);
      if (typeof text === "number") return text;
      const pointer = opened >>> 0;
      if (!run.memory.holds(pointer, 4)) return wasi.ERRNO_FAULT;
      if ((oflags & ~ALL_OFLAGS) !== 0 || (fdflags & ~ALL_FDFLAGS) !== 0) return wasi.ERRNO_INVAL;
      if (!table.hasRoom) return wasi.ERRNO_NFILE;
      const rights = knownRights(rightsBase);
      const descriptor = open(text, lookupFlags, { base, oflags, rights, fdflags, run });
      if (typeof descriptor === "number") return descriptor;
      run.memory.view.setUint32(pointer, table.add(descriptor), true);
      return wasi.ERRNO_SUCCESS;
    },
  };
}

function open(path: string, lookupFlags: number, request: OpenRequest): OrErrno<Descriptor> {
  const refusal = request.base.need(wasi.RIGHTS_PATH_OPEN);
  if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
  const { oflags } = request;
  const isNew = wasi.OFLAGS_CREAT | wasi.OFLAGS_EXCL;
  if ((oflags & wasi.OFLAGS_DIRECTORY) !== 0 && (oflags & ~wasi.OFLAGS_DIRECTORY) !== 0) {
    return wasi.ERRNO_INVAL;
  }
  const follow = (oflags & isNew) === isNew ? followOf(0) : followOf(lookupFlags);
  if (follow === undefined) return wasi.ERRNO_INVAL;
  return resolve(
    request.run,
    request.base.handle,
    path,
    follow,
    (target) => openTarget(target, request),
  );
}

function openTarget(target: Target, request: OpenRequest): OrErrno<Descriptor> {
  const { directory, name, isDirectoryWanted } = target;
  const filetype = name === undefined ? wasi.FILETYPE_DIRECTORY : directory.lookup(name);
  const mustBeDirectory = isDirectoryWanted || (request.oflags & wasi.OFLAGS_DIRECTORY) !== 0;
  if (filetype < 0) {
    const isMissing = filetype === -wasi.ERRNO_NOENT;
    if (!isMissing || (request.oflags & wasi.OFLAGS_CREAT) === 0) return -filetype;
    return mustBeDirectory ? wasi.ERRNO_ISDIR : openFile(target, request, true);
  }
  const isNew = wasi.OFLAGS_CREAT | wasi.OFLAGS_EXCL;
  if ((request.oflags & isNew) === isNew) return wasi.ERRNO_EXIST;
  if (filetype === wasi.FILETYPE_DIRECTORY) return openSubdirectory(target, request);
  if (mustBeDirectory) return wasi.ERRNO_NOTDIR;
  return filetype === wasi.FILETYPE_SYMBOLIC_LINK
    ? wasi.ERRNO_LOOP
    : openFile(target, request, false);
}

function openSubdirectory(target: Target, request: OpenRequest): OrErrno<Descriptor> {
  const { base, oflags, rights } = request;
  const isChange = (oflags & (wasi.OFLAGS_CREAT | wasi.OFLAGS_TRUNC)) !== 0 ||
    (rights & wasi.RIGHTS_FD_WRITE) !== 0;
  if (isChange) return wasi.ERRNO_ISDIR;
  const handle = target.name === undefined
    ? target.directory.duplicate()
    : target.directory.openDirectory(target.name);
  if (typeof handle === "number") return handle;
  return new DirectoryDescriptor(handle, request.run, base.rightsInheriting);
}

function openFile(target: Target, request: OpenRequest, isNew: boolean): OrErrno<Descriptor> {
  const { base, oflags, fdflags } = request;
  const truncate = !isNew && (oflags & wasi.OFLAGS_TRUNC) !== 0;
  const refusal = base.need(
    (isNew ? wasi.RIGHTS_PATH_CREATE_FILE : 0) |
      (truncate ? wasi.RIGHTS_PATH_FILESTAT_SET_SIZE : 0),
  );
  if (refusal !== wasi.ERRNO_SUCCESS) return refusal;
  const rights = request.rights & base.rightsInheriting;
  if (base.handle.isReadOnly && (request.rights & wasi.RIGHTS_FD_WRITE) !== 0) {
    return wasi.ERRNO_ROFS;
  }
  const handle = target.directory.openFile(target.name!, {
    read: (rights & wasi.RIGHTS_FD_READ) !== 0,
    write: (rights & wasi.RIGHTS_FD_WRITE) !== 0,
    append: (fdflags & wasi.FDFLAGS_APPEND) !== 0,
    truncate,
    create: (oflags & wasi.OFLAGS_CREAT) !== 0,
    exclusive: (oflags & wasi.OFLAGS_EXCL) !== 0,
    nonBlocking: (fdflags & wasi.FDFLAGS_NONBLOCK) !== 0,
  });
  if (typeof handle === "number") return handle;
  const notAskedFor = (wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_WRITE) & ~rights;
  return new FileDescriptor(
    handle,
    request.run.clock.realtimeNs,
    fdflags,
    base.rightsInheriting & ~notAskedFor,
  );
}
