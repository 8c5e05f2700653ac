"""Three words for a receipt: easy to read aloud and to recognise, of no use to anybody else."""

from __future__ import annotations

import hashlib

_TEXT = (
    "alm ask avis bad ball bank barn benk bekk bie bille bjelle bjørk bjørn blad blomst "
    "blyant bok bolle bonde bord bris bro brød bue bukk busk butikk bær bølge båt dal dam "
    "dans dekk delfin dis dokke drake drue dugg dyne dør egg eik ekorn elg elv eng eple ert "
    "falk fele ferge fjell fjord fjær flagg flue flygel fløyte fonn foss frø fugl furu gaffel "
    "gapahuk gate gaupe geit genser glass gran granitt gress grind grøt gulv hage hai hane "
    "hank hare hatt hav hegg hest hette hjul honning hund hus hval hytte høst høy ild is "
    "jakke jern jord kaffe kajakk kake kam kanin kano kanne kart katt kirsebær kjele klokke "
    "kniv knapp knott ko kopp korg korn krabbe kran krone krus kråke kurv kvist kyst køye "
    "laks lam lampe land lauv leire lerke lin lomme luft lue lund lyng lys løk løve lås mai "
    "maur melk mose mugge mus mygg myr måke måne natt nebb nett nål nøkkel nøtt olje ord "
    "orrfugl ost panne papir park pensel pil pinne plomme pute rabarbra rein reke regn rev "
    "ring ris rogn ror rose rot rug rype sand sau seil selje sild sirkel sjø skap ski skje "
    "skog skål skøyte sky slede slott smør snegl snø sol sopp spade spurv stein sti stige "
    "stjerne stol storm strand strøm stue svale svane sykkel syrin tak tang tau te telt tog "
    "torsk tre trapp trost trøye tue tulipan tun tåke ugle ull ulv vann vante varde vei veke "
    "vest vik vind vindu vinge vott ørn ørret øy åker ål ånd"
)
WORDS = tuple(_TEXT.split())
"""Short words that everybody knows and nobody minds; only ever add at the end."""


def three_words(receipt: bytes) -> list[str]:
    """The words of a receipt; they cannot be turned back into it."""
    mark = hashlib.sha256(b"three words" + receipt).digest()
    numbers = (int.from_bytes(mark[place : place + 4]) for place in (0, 4, 8))
    return [WORDS[number % len(WORDS)] for number in numbers]
