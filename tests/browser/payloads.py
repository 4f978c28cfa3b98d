"""Texts that want to be more than text. Each would call `canary` or leave a mark in the page."""

from typing import Final

# Whatever stands in the page as an element of ours in disguise carries this.
MARK: Final = "data-canary"
ELEMENTS: Final = (
    f"<script {MARK}>canary(1)</script>",
    f"<img src=x {MARK} onerror=canary(2)>",
    f"<svg {MARK} onload=canary(3)>",
    f'"><b {MARK} onmouseover="canary(4)" style="position:fixed;inset:0">x</b>',
    f"' autofocus onfocus=canary(5) {MARK} x='",
    f'" autofocus onfocus=canary(6) {MARK} x="',
    f"</title><script {MARK}>canary(7)</script>",
    f"</textarea><script {MARK}>canary(8)</script>",
    f"</script><script {MARK}>canary(9)</script>",
    f"--><svg><animate {MARK} onbegin=canary(10) attributeName=x dur=1s>",
    f'<a {MARK} href="javascript:canary(11)">here</a>',
    f'<a {MARK} href="java\tscript:canary(12)">here</a>',
    f'<iframe {MARK} srcdoc="<script>parent.canary(13)</script>"></iframe>',
    f"<details open {MARK} ontoggle=canary(14)>x</details>",
    f"<math><mtext></mtext><mglyph><style><img {MARK} src=x onerror=canary(15)></style></math>",
)
WORDS: Final = (
    "javascript:canary(16)",
    "{{ 7|add:77777 }}{% debug %}",
    "${canary(17)}`;canary(17);//",
    "%(name)s %s {0.__class__} {{constructor.constructor('canary(18)')()}}",
    "\u202egnp.exe\u2066 <\u200bscript>canary(19)",
)
PAYLOADS: Final = (*ELEMENTS, *WORDS)
# What a template that was filled by a text would show.
EVALUATED: Final = "77784"
