#!/usr/bin/env bash
# A worker as Data Dispatcher's users write it: a loop around `worker next -j`, curl, `worker done` and `worker failed`.
# Arguments: project. It fetches each file and counts its lines; a file without lines is of no use to anybody.
set -u
project=$1

while true; do
  answer=$(sluice worker next -j --wait 2s "$project")
  code=$?
  case $answer in
    timeout) continue ;;
    done) exit 0 ;;
  esac
  [ "$code" -eq 0 ] || { echo "next ended with $code" >&2; exit 1; }

  did=$(sed 's/.*"did":"\([^"]*\)".*/\1/' <<<"$answer")
  url=$(sed 's/.*"url":"\([^"]*\)".*/\1/' <<<"$answer")
  if ! curl -fsS -o file "$url"; then
    sluice worker failed "$project" "$did"            # to be tried again
  elif [ ! -s file ]; then
    sluice worker failed -f "$project" "$did"         # never again
  elif grep -q '^flaky' file && [ ! -e "../tried-$did" ]; then
    touch "../tried-$did"
    sluice worker failed "$project" "$did"
  else
    echo "$did $(wc -l <file)" >>lines
    sluice worker done "$project" "$did"
  fi || exit 1
done
