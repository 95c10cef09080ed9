#!/bin/sh
# Without arguments the dashboard, with arguments the block.
set -eu
cd "$(dirname "$0")"
if [ "$#" -eq 0 ]; then
  exec streamlit run app.py --server.address "${GRADCAM_ADDRESS:-0.0.0.0}" --server.port "${PORT:-8501}"
fi
exec python block.py "$@"
