/** The script's exit code if it did not come to running the program; no compiler ends with it. */
export const SETUP_FAILED = 125;

/**
 * What runs as the first process in the namespaces, before the compiler: builds a root of its own out of an empty file
 * system and read-only views of the toolchain, and goes into it without a privilege. Everything it is told comes as an
 * argument, never as text of the script.
 *
 *     sh -c SCRIPT sandbox ROOT SCRATCH_BYTES PRLIMIT_OPTIONS
 *       [ro HOST GUEST | rw HOST GUEST | link TARGET GUEST]… -- [NAME=VALUE]… chroot ROOT setpriv … PROGRAM [ARGUMENT]…
 */
export const SANDBOX_SCRIPT = `set -eu
trap 'exit ${SETUP_FAILED}' EXIT
root=$1
mount -t tmpfs -o "size=$2,nosuid,nodev" tmpfs "$root"
limits=$3
shift 3
mkdir "$root/dev" "$root/tmp"
place() {
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root\${2%/*}"; : > "$root$2"; fi
}
place /dev/null /dev/null
mount --bind /dev/null "$root/dev/null"
while [ "$1" != -- ]; do
  case $1 in
  link) mkdir -p "$root\${3%/*}"; ln -s "$2" "$root$3" ;;
  *)
    place "$2" "$3"
    mount --bind "$2" "$root$3"
    [ "$1" = rw ] || mount -o remount,bind,ro,nosuid,nodev "$root$3"
    ;;
  esac
  shift 3
done
shift
# Options without a space in them, to be split.
prlimit --pid $$ $limits
cd "$root"
code=0
trap - EXIT
# Not in this process: the first one of a namespace does not receive what would end others.
env -i "$@" || code=$?
exit "$code"
`;
