#!/usr/bin/env bash
# Writes every public symbol that is not listed yet into its project's PublicAPI.Unshipped.txt, and drops the ones that are gone.
# Review the diff: it is the API. Without arguments all four projects are done.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ $# -gt 0 ]] || set -- Lurm.Index Lurm.Store Lurm.Api Lurm.Training
for project in "$@"; do
  dotnet format analyzers "$project/$project.csproj" --diagnostics RS0016 RS0017 --severity warn --no-restore
done
