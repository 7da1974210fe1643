"""Prints the page as it is read: the frame around it and all buttons are left out by the stylesheet."""

import reflex as rx


class PrintButton(rx.Component):
    library = "$/public/js/printing.js"
    tag = "PrintButton"
