"""Swipes and keys of the review."""

import reflex as rx


class ReviewKeys(rx.Component):
    """Presses the buttons of the page it stands on; see the script for which."""

    library = "$/public/js/review.js"
    tag = "ReviewKeys"
