#!/usr/bin/env bash
# Executes a guide as a new user would: guide.sh GUIDE PREFIX PLACE
# In an empty home folder PLACE, with $HOME/eyeriss leading to the installed tree PREFIX, writes the guide's files where
# it gives them and runs its commands in order. A file is named on the line before its block; a block of text behind a
# command must be what the command prints, where figures of cycles and products may differ.
set -euo pipefail
guide=$1 prefix=$2 place=$3
rm -rf "$place"
mkdir -p "$place"
export HOME=$place CLICOLOR=0
ln -s "$prefix" "$HOME/eyeriss"
cd "$HOME"

fail() { echo "$guide: $*" >&2; exit 1; }
plain() { sed -E 's/[0-9]+ (cycles|products)/N \1/g; s/[[:space:]]+$//' "$1"; }

commands=0 texts=0 files=0 kind="" block="" file="" printed=$place/printed
: >"$printed"
finish_block() {
  case $kind in
    cmake) printf '%s' "$block" >>CMakeLists.txt; files=$((files + 1)) ;;
    c) [ -n "$file" ] || fail "a program without a name"; printf '%s' "$block" >"$file"; files=$((files + 1)) ;;
    text)
      printf '%s' "$block" >"$place/expected"
      diff <(plain "$place/expected") <(plain "$printed") || fail "a command prints something else than shown"
      texts=$((texts + 1))
      ;;
  esac
}
while IFS= read -r line || [ -n "$line" ]; do
  if [ -n "$kind" ]; then
    if [ "$line" = '```' ]; then finish_block; kind=""; else block+=$line$'\n'; fi
  elif [[ $line == '```'* ]]; then
    kind=${line#\`\`\`} block=""
  elif [[ $line =~ \`([a-z_]+\.c)\` ]]; then
    file=${BASH_REMATCH[1]}
  elif [[ $line == '    '* ]]; then
    command=${line#    }
    # The tree is built and installed already.
    case $command in './vp '* | 'cmake --install '*) continue ;; esac
    commands=$((commands + 1))
    eval "$command" >"$printed" 2>&1 </dev/null || { cat "$printed"; fail "failed: $command"; }
  fi
done <"$guide"
echo "$commands commands, $files files, $texts outputs"
[ "$commands" -ge 8 ] && [ "$files" -ge 4 ] && [ "$texts" -ge 3 ] || fail "expects more commands, files and outputs"
