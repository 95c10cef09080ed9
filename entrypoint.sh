#!/bin/sh
# Without arguments the dashboard, with arguments the block, which writes where it was called.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "$#" -eq 0 ]; then
  cd "$here"
  exec streamlit run app.py --server.address "${GRADCAM_ADDRESS:-0.0.0.0}" --server.port "${PORT:-8501}"
fi
exec python "$here/block.py" "$@"
