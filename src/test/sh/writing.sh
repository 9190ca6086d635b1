#!/usr/bin/env bash
# Trains into files that are hard to write: what needs root, a mount or a C compiler, which the tests
# of `mvn verify` must do without. Linux only.
#
#   mvn -q package -DskipTests && sudo src/test/sh/writing.sh target/unroll-*-app.jar
set -uo pipefail

app=$(readlink -f "${1:?the app jar}")
if [[ $(uname) != Linux || $(id -u) != 0 ]]; then
  echo "skipped: it mounts file systems and takes other users' rights, so it needs Linux and root"
  exit 0
fi

work=$(mktemp -d)
chmod 755 "$work"
cp "$app" "$work/app.jar" # readable for the other user, too
failed=0

clean_up() {
  mount | awk -v under="$work/" 'index($3, under) == 1 { print $3 }' | tac | xargs -r -n 1 umount
  rm -rf "$work"
}
trap clean_up EXIT

train() {
  java -XX:TieredStopAtLevel=1 -Dunroll.threads=1 -Djava.io.tmpdir="$work/tmp" \
    -Duser.home="$work/home" -jar "$work/app.jar" train --tokens 400 --hidden "${hidden:-8}" \
    --embedding 4 --batch 2 --steps 20 --epochs "${epochs:-1}" --chart "$work/chart.svg" "$@" \
    >"$work/out" 2>&1
}

as_nobody() { # the functions are known to no other process, so the user is changed for this one
  (
    cd "$work" || exit
    export -f train
    export work
    setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'train "$@"' train "$@"
  )
}

holds_a_model() {
  java -jar "$work/app.jar" inspect "$1" 2>&1 | grep -q '^.*: .*parameters'
}

nothing_left_beside() { # no temporary file in the directories given, nor in the temporary one
  [[ -z $(find "$work/tmp" "$@" -mindepth 1 -name '*unroll*') ]]
}

check() { # a sentence, then a command that must succeed
  local sentence=$1
  shift
  if "$@"; then
    echo "ok      $sentence"
  else
    echo "FAILED  $sentence: $(tail -n 2 "$work/out" | tr '\n' ' ')"
    failed=1
  fi
}

begin() { # a case in a directory of its own
  umask 022
  here=$work/$1
  mkdir -p "$here"
  rm -rf "$work/tmp" "$work/home" "$work/chart.svg"
  mkdir -m 1777 "$work/tmp"
  mkdir -m 777 "$work/home"
  rm -f "$work/out"
  touch "$work/out" "$work/chart.svg"
  chmod 666 "$work/out" "$work/chart.svg"
}

# ---- a rename is refused ----

begin bind
mkdir "$here/host"
touch "$here/host/model" "$here/model"
mount --bind "$here/host/model" "$here/model"
check "a bind-mounted file (EBUSY): train ends well" train --save "$here/model"
check "a bind-mounted file: the model is in it" holds_a_model "$here/host/model"
hidden=4 check "a bind-mounted file: trained into again, shorter" train --save "$here/model"
check "a bind-mounted file: the shorter model is in it" holds_a_model "$here/host/model"
check "a bind-mounted file: nothing is left" nothing_left_beside "$here"

begin bind-checkpoint
touch "$here/host"
train --checkpoint "$here/host.st"
cp "$here/host.st" "$here/host"
touch "$here/run"
mount --bind "$here/host" "$here/run"
epochs=2 check "a bind-mounted checkpoint: goes on" train --checkpoint "$here/run" --resume
check "a bind-mounted checkpoint: is whole" holds_a_model "$here/host"

begin read-only
mkdir "$here/image"
touch "$here/model" "$here/image/model"
mount --bind "$here/image" "$here/image"
mount --bind "$here/model" "$here/image/model"
mount -o remount,bind,ro "$here/image"
check "a mounted file in a read-only directory (EROFS): train ends well" train --save "$here/image/model"
check "a mounted file in a read-only directory: the model is in it" holds_a_model "$here/model"
check "a mounted file in a read-only directory: nothing is left" nothing_left_beside "$here"
check "a new file in a read-only directory: refused before the training" \
  eval '! train --save "$here/image/other" && ! grep -q "^epoch" "$work/out"'

begin closed
install -m 666 /dev/null "$here/model"
chmod 755 "$here"
check "a writable file in a directory that is not: train ends well" as_nobody --save "$here/model"
check "a writable file in a directory that is not: the model is in it" holds_a_model "$here/model"
check "a writable file in a directory that is not: nothing is left" nothing_left_beside "$here"
chmod 644 "$here/model"
check "a file that may not be written: refused before the training" \
  eval '! as_nobody --save "$here/model" && ! grep -q "^epoch" "$work/out"'

begin sticky
chmod 1777 "$here"
install -m 666 /dev/null "$here/model"
check "another's file in a sticky directory (EPERM): train ends well" as_nobody --save "$here/model"
check "another's file in a sticky directory: the model is in it" holds_a_model "$here/model"
check "another's file in a sticky directory: nothing is left" nothing_left_beside "$here"

# ---- a directory that cannot be read or synced ----

begin unlisted
chmod 333 "$here"
check "a directory that may be written, not read: train ends well" as_nobody --save "$here/model"
check "a directory that may be written, not read: the model is in it" holds_a_model "$here/model"

begin synced
if command -v gcc >/dev/null; then
  cat >"$here/sync.c" <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
int fsync(int fd) {
  struct stat s;
  if (fstat(fd, &s) == 0 && S_ISDIR(s.st_mode)) {
    errno = EINVAL;
    return -1;
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return real(fd);
}
C
  gcc -shared -fPIC -o "$here/sync.so" "$here/sync.c" -ldl
  LD_PRELOAD=$here/sync.so epochs=2 \
    check "a directory that cannot be synced (EINVAL): train ends well" \
    train --checkpoint "$here/run" --save "$here/model"
  check "a directory that cannot be synced: the model is in it" holds_a_model "$here/model"
else
  echo "skipped a directory that cannot be synced: no gcc"
fi

# ---- saving fails after the training all the same ----

begin full
mount -t tmpfs -o size=16k none "$here"
hidden=64 check "a disk that is too small: train fails" eval '! train --save "$here/model"'
rescued=$(sed -n 's/.*the model is in \([^ ]*\).*/\1/p' "$work/out")
check "a disk that is too small: the model is elsewhere, and the message says where" \
  holds_a_model "${rescued:-none}"
check "a disk that is too small: no temporary file is left on it" test -z "$(ls -A "$here")"
hidden=64 check "a disk that is too small: a checkpoint fails in the first epoch" \
  eval '! train --checkpoint "$here/run"'
rescued=$(sed -n 's/.*the training is in \([^ ]*\).*/\1/p' "$work/out")
hidden=64 epochs=2 check "a disk that is too small: the training goes on from elsewhere" \
  train --checkpoint "${rescued:-none/none}" --resume

# ---- owners ----

begin owner
chmod 777 "$here"
install -m 640 -o 65534 -g 65533 /dev/null "$here/model"
check "another user's file, written by root: train ends well" train --save "$here/model"
check "another user's file: stays theirs" \
  test "$(stat -c '%u %g %a' "$here/model")" = "65534 65533 640"

exit $failed
