"""`streamlit` with the clean-up that it does by default after each run, for contrast.

The product turns that clean-up off as it loads TensorFlow; here it stays on. Nothing else
differs, but for TensorFlow being loaded before the server starts.
"""

import gc
import sys

import keras

from services.opening.runtime import load_tensorflow


def main() -> None:
    """Run Streamlit's own command line."""
    gc.freeze = lambda: None
    default = keras.backend.clear_session
    load_tensorflow()
    keras.backend.clear_session = default
    from streamlit.web import cli

    sys.argv[0] = "streamlit"
    cli.main()


if __name__ == "__main__":
    main()
