# SPDX-License-Identifier: MIT
"""<bellhop-lab> in a notebook: copy this file and bellhop-widget.js beside the notebook, then `pip install anywidget`."""
import pathlib

import anywidget
import traitlets as t


class BellhopLab(anywidget.AnyWidget):
    # A path or a URL. With a path the file's text goes into the notebook, which then needs nothing beside it.
    _esm = pathlib.Path(__file__).parent / "bellhop-widget.js"

    # What the run is made from, and how it goes on.
    env = t.Unicode("CartPole-v1").tag(sync=True)
    algo = t.Unicode("").tag(sync=True)
    preset = t.Unicode("").tag(sync=True)
    seed = t.Int(0).tag(sync=True)
    settings = t.Dict().tag(sync=True)
    speed = t.Unicode("").tag(sync=True)
    stop_at = t.Int(None, allow_none=True).tag(sync=True)
    autoplay = t.Bool(False).tag(sync=True)
    background = t.Bool(False).tag(sync=True)
    # What is shown.
    show = t.Unicode("").tag(sync=True)
    controls = t.Unicode("").tag(sync=True)
    theme = t.Unicode("").tag(sync=True)
    lang = t.Unicode("").tag(sync=True)
    height = t.Union([t.Int(), t.Unicode()], default_value="").tag(sync=True)
    # What the run has come to; checkpoint is set to be loaded, too.
    phase = t.Unicode("loading").tag(sync=True)
    timesteps = t.Int(0).tag(sync=True)
    episodes = t.Int(0).tag(sync=True)
    mean_return = t.Float(None, allow_none=True).tag(sync=True)
    fingerprint = t.Unicode("").tag(sync=True)
    error = t.Unicode("").tag(sync=True)
    checkpoint = t.Bytes(b"").tag(sync=True, from_json=lambda data, _: bytes(data))

    def play(self):
        self.send({"type": "play"})

    def pause(self):
        self.send({"type": "pause"})

    def step(self):
        self.send({"type": "step"})

    def reset(self):
        self.send({"type": "reset"})

    def set(self, **settings):
        """Live settings now, the others with the next reset: set(learning_rate=0.01, seed=3)."""
        self.send({"type": "set", "settings": settings})

    def save(self):
        """Asks for a checkpoint; it arrives in `checkpoint`."""
        self.send({"type": "save"})

    def load(self, data):
        """Takes the parameters of a checkpoint, also of the one that was saved last."""
        self.checkpoint = b""
        self.checkpoint = data
