"""The address the browser is at, which is sooner there than what the server loads for it."""

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData


def here() -> rx.Var[str]:
    """What `routes.key_in` finds in the address. A page compares it with what its state shows, because the state still
    holds what the tab looked at before, until the load has answered.
    """
    return rx.Var(
        _js_expr='(here.pathname.split("/")[2] ?? "")',
        _var_type=str,
        _var_data=VarData(
            imports={"react-router": [ImportVar(tag="useLocation")]}, hooks={"const here = useLocation();": None}
        ),
    ).to(str)
