"""What pages say that is no text to read, in words: lines known by heart, and lines known by how they begin.

English, German, French and Spanish, the commonest of Italian, Dutch and Portuguese. What could also be a sentence or a
heading of somebody's text is listed as doubtful: it counts only beside other noise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rag.types import NoiseKind

_EVENED = (("’", "'"), ("‘", "'"), ("`", "'"), ("\u00a0", " "))
_WORD = re.compile(r"\w{3,}")
_SPACE = re.compile(r"\s")
_PIECE_CHARS = 2**20
_ENDS = " \t»›→▶▸>|•·*:…!?.#–—-_[](){}<«‹←↑▲+&,;"


def listed(phrases: str) -> list[str]:
    """The phrases of a list in which bars and line ends part them."""
    return [phrase.strip() for phrase in phrases.replace("\n", "|").split("|") if phrase.strip()]


Index = Mapping[str, Sequence[str]]
"""Phrases by their longest word."""


def indexed(phrases: Iterable[str]) -> Index:
    index: dict[str, list[str]] = {}
    for phrase in phrases:
        index.setdefault(max(_WORD.findall(phrase), key=len), []).append(phrase)
    return index


def words_of(text: str) -> frozenset[str]:
    """The words of three letters or more, for `among`, and some shorter ones."""
    runs: set[str] = set()
    start = 0
    while start < len(text):
        # Piece by piece, for as many strings as a long text has words would take ten times its room.
        space = _SPACE.search(text, start + _PIECE_CHARS)
        end = space.start() if space else len(text)
        runs.update(text[start:end].split())
        start = end
    odd = [run for run in runs if not run.isalnum()]
    return frozenset(runs.difference(odd).union(_WORD.findall(" ".join(odd))))


def among(index: Index, words: frozenset[str]) -> list[str]:
    """Those phrases that can be in a text of these words; much faster than to look for each."""
    return [phrase for word in index.keys() & words for phrase in index[word]]


def evened(text: str) -> str:
    """The text, as long as before, with one kind of apostrophe and one of space."""
    for written, plain in _EVENED:
        text = text.replace(written, plain)
    return text


def key_of(line: str) -> str:
    """A line of an evened text as it is looked up: lower case, without marks at its ends."""
    return " ".join(line.lower().strip(_ENDS).split())


_TEASERS = """
read more | read more here | read the full story | read full story | read the full article | read full article
read full post | read the rest | continue reading | keep reading | learn more | find out more | see more | show more
view more | load more | view all | see all | more stories | more articles | related posts | related post
related articles | related article | related stories | related news | related content | related topics
you may also like | you might also like | you may also be interested in | you might also be interested in
recommended for you | recommended articles | most read | most popular | most viewed | most shared | trending now
editor's picks | editors' picks | don't miss | up next | next article | previous article | previous post | next post
older posts | newer posts | latest posts | recent posts | recent comments | popular posts | more from this author
subscribe now | subscribe today | subscribe to our newsletter | sign up now | sign up for our newsletter
sign up for free | join our newsletter | get our newsletter | request invitation | request an invitation | donate
donate now | donate today | make a donation | support us | support our work | support our mission | become a member
become a patron | become a supporter | buy me a coffee | start your free trial | try it free
weiterlesen | mehr lesen | mehr erfahren | mehr anzeigen | mehr dazu | zum artikel | zum ganzen artikel
lesen sie auch | lesen sie mehr | lesen sie weiter | das könnte sie auch interessieren
das könnte dich auch interessieren
auch interessant | ähnliche artikel | ähnliche beiträge | verwandte artikel | verwandte beiträge | meistgelesen
meist gelesen | newsletter abonnieren | newsletter bestellen | jetzt abonnieren | jetzt anmelden | jetzt spenden
unterstützen sie uns | unterstütze uns | hier spenden
lire la suite | lire plus | en savoir plus | voir plus | à lire aussi | lire aussi | à lire également
articles similaires | articles liés | articles recommandés | sur le même sujet | dans la même rubrique | les plus lus
s'abonner | abonnez-vous | je m'abonne | inscrivez-vous | inscrivez-vous à notre newsletter | faire un don
faites un don | soutenez-nous | nous soutenir
leer más | leer mas | seguir leyendo | sigue leyendo | ver más | ver mas | saber más | continuar leyendo
artículos relacionados | noticias relacionadas | entradas relacionadas | te puede interesar | te podría interesar
también te puede interesar | lo más leído | lo más visto | suscríbete | suscribirse | suscríbete a nuestro boletín
hacer una donación | haz una donación | donar ahora | apóyanos
leggi tutto | leggi di più | continua a leggere | articoli correlati | potrebbe interessarti | ti potrebbe interessare
iscriviti alla newsletter | lees meer | lees verder | gerelateerde artikelen | leia mais | saiba mais | leia também
artigos relacionados | veja mais
"""
_SHARING = """
share | share this | share this article | share this post | share this page | share this story | share this with
share article | share via email | share by email | share on | share on facebook | share on twitter | share on x
share on linkedin | share on whatsapp | share on reddit | share on pinterest | share on telegram | tweet | tweet this
retweet | pin it | email this | email this article | email to a friend | print this | print this page
print this article | copy link | copied | like this | like loading | like it | follow us | follow us on
follow us on facebook | follow us on twitter | follow us on instagram | follow us on social media | stay connected
connect with us | what's your reaction | how did this make you feel | sharing is caring | share with your friends
teilen | artikel teilen | diesen artikel teilen | beitrag teilen | seite teilen | auf facebook teilen
auf twitter teilen | auf whatsapp teilen | per e-mail teilen | per mail teilen | folgen sie uns | folge uns
artikel drucken | seite drucken | link kopieren
partager | partagez | partager cet article | partager l'article | partager sur facebook | partager sur twitter
partager sur linkedin | partager sur whatsapp | partager par e-mail | partager par mail | suivez-nous | tweeter
imprimer cet article | copier le lien
compartir | compartir este artículo | compartir en facebook | compartir en twitter | compartir en whatsapp | comparte
síguenos | síguenos en | compártelo | comparte esto | comparte en facebook | imprimir artículo
condividi | condividi su facebook | seguici | seguici su | delen | deel dit artikel | compartilhar | compartilhe
"""
_COOKIES = """
accept cookies | accept all cookies | accept all | reject all | reject all cookies | decline all | cookie settings
cookie preferences | cookies settings | manage cookies | manage consent | manage preferences | cookie consent
privacy & cookies policy | allow all cookies | i accept | i agree
cookies akzeptieren | alle cookies akzeptieren | alle akzeptieren | alles akzeptieren | alle ablehnen
cookie-einstellungen | cookies verwalten | nur notwendige cookies
accepter les cookies | tout accepter | tout refuser | accepter tout | paramètres des cookies | gérer les cookies
paramétrer les cookies | continuer sans accepter
aceptar cookies | aceptar todo | aceptar todas | aceptar todas las cookies | rechazar todo | rechazar todas
configurar cookies | configuración de cookies | política de cookies
accetta tutti i cookie | accetta cookie | alle cookies accepteren | aceitar cookies
"""
_MENUS = """
skip to content | skip to main content | skip to navigation | skip to main navigation | skip to search
skip to footer | jump to content | jump to navigation | jump to main content | toggle navigation | toggle menu
main menu | main navigation | open menu | close menu | primary menu | mobile menu | back to top | go to top
scroll to top | return to top | to top | site map | sitemap | you are here | site index | site navigation
post navigation | breadcrumb | breadcrumbs | back to home | back to homepage | go to home page | return to homepage
zum inhalt springen | zum inhalt | zum hauptinhalt springen | direkt zum inhalt | zur navigation springen
nach oben | zum seitenanfang | zurück zur startseite | zurück zur übersicht | hauptnavigation | hauptmenü
aller au contenu | aller au contenu principal | passer au contenu | haut de page | retour en haut
retour à l'accueil | plan du site | menu principal
saltar al contenido | ir al contenido | ir al contenido principal | saltar al contenido principal | volver arriba
mapa del sitio | menú principal | vai al contenuto | torna su | ir para o conteúdo
"""
_BOILERPLATE = """
leave a reply | leave a comment | leave your comment | leave a response | cancel reply | post comment | post a comment
submit comment | add a comment | add your comment | write a comment | comments are closed | comments closed
no comments | no comments yet | be the first to comment | log in to comment | login to comment | log in to reply
join the conversation | join the discussion | view comments | show comments | hide comments | load comments
all rights reserved | required fields are marked | report this ad | report an error
kommentar hinterlassen | kommentar schreiben | kommentar verfassen | schreibe einen kommentar
schreiben sie einen kommentar | kommentar abschicken | kommentare sind geschlossen | keine kommentare
antwort abbrechen | alle rechte vorbehalten
laisser un commentaire | laissez un commentaire | ajouter un commentaire | publier le commentaire
annuler la réponse | poster un commentaire | tous droits réservés | les commentaires sont fermés
deja un comentario | dejar un comentario | deja una respuesta | publicar el comentario | publicar comentario
cancelar la respuesta | cancelar respuesta | todos los derechos reservados | sin comentarios
lascia un commento | annulla risposta | tutti i diritti riservati | geef een reactie | deixe um comentário
deixe uma resposta | todos os direitos reservados
"""
_ADVERTISING = """
advertisement | advertisements | sponsored | sponsored content | sponsored post | sponsored links | promoted content
promoted | paid advertisement | story continues below | story continues below advertisement
article continues below | article continues below advertisement | article continues after advertisement
continue reading below | advertisement continue reading below | scroll to continue | ad feedback
anzeige | werbung | weiter nach der anzeige | artikel wird unter der anzeige fortgesetzt
publicité | la suite après la publicité | publicidad | continúa después de la publicidad | pubblicità | advertentie
publicidade | continua após a publicidade
"""
LINES: Final = {
    phrase: kind
    for kind, lines in (
        (NoiseKind.TEASER, _TEASERS),
        (NoiseKind.SHARING, _SHARING),
        (NoiseKind.COOKIES, _COOKIES),
        (NoiseKind.MENU, _MENUS),
        (NoiseKind.BOILERPLATE, _BOILERPLATE),
        (NoiseKind.ADVERTISING, _ADVERTISING),
    )
    for phrase in listed(lines)
}
"""Whole lines that are noise wherever they stand."""

NETWORKS: Final = frozenset(
    listed(
        "facebook | twitter | x | linkedin | whatsapp | instagram | youtube | pinterest | reddit | tumblr | telegram |"
        "email | e-mail | mail | print | messenger | flipboard | pocket | vk | xing | threads | bluesky | mastodon |"
        "tiktok | rss | sms | digg | stumbleupon | google+ | copy link | share | tweet | more | viber | skype |"
        " snapchat"
    )
)
_DOUBTFUL = """
home | menu | search | top | close | next | previous | prev | print | about | about us | contact | contact us | privacy
privacy policy | terms | terms of use | terms of service | terms and conditions | cookie policy | help | faq | faqs
advertise | advertise with us | careers | jobs | support | support center | log in | login | sign in | sign up | log out
logout | register | my account | account | subscribe | subscriptions | newsletter | newsletters | categories | tags
archives | archive | comment | comments | reply | name | website | your name | your email | submit | send | cart
checkout | wishlist | blog | shop | store | forum | gallery | photos | videos | video | podcasts | podcast | rss
sitemap | site map | accessibility | imprint | press | feedback | language | english | en | de | fr | es | deutsch
français | español | like | dislike | follow | edit | view history | main page | random page | donate | settings
startseite | über uns | kontakt | impressum | datenschutz | datenschutzerklärung | agb | suche | suchen | anmelden
registrieren | abo | abonnement | hilfe | warenkorb | drucken | zurück | weiter | themen | aktuelles | barrierefreiheit
accueil | à propos | qui sommes-nous | contact | mentions légales | politique de confidentialité | recherche
rechercher | connexion | se connecter | inscription | aide | boutique | suivant | précédent | imprimer | conditions
conditions générales | rubriques | actualités
inicio | portada | quiénes somos | sobre nosotros | contacto | contáctenos | aviso legal | política de privacidad
buscar | iniciar sesión | acceder | registrarse | regístrate | ayuda | tienda | siguiente | anterior | imprimir
categorías | etiquetas
"""
_SECTIONS = """
news | world | politics | business | economy | sports | sport | opinion | editorials | technology | tech | science
health | culture | arts | entertainment | lifestyle | life | style | travel | weather | local | national
international | magazine | events | services | products | resources | company | team | our team | features | reviews
live | tv | radio | music | movies | food | fashion | education | environment | autos | real estate | classifieds
obituaries | crosswords | games | puzzles | e-paper | epaper | latest | trending | latest news | breaking news
politik | wirtschaft | kultur | wissen | gesundheit | reise | panorama | meinung | wetter | technik | leben
monde | économie | société | santé | sports | opinions | météo | mundo | política | economía | cultura | deportes
sociedad | ciencia | tecnología | salud | opinión | nacional | internacional
"""
DOUBTFUL: Final = frozenset(listed(_DOUBTFUL)) | NETWORKS
"""Lines that are noise beside other noise only."""
NAVIGATION: Final = DOUBTFUL | frozenset(listed(_SECTIONS)) | frozenset(listed(_MENUS))
"""What entries of menus are called; several of them in a row are a menu."""
FIRST_LINES: Final = frozenset(
    listed("categories | menu | search | navigation | kategorien | menü | rubriques | categorías")
)
"""What no text opens with."""
FEELINGS: Final = frozenset(
    listed(
        "like | love | haha | wow | sad | angry | hate | confused | fail | fun | geeky | lol | omg | win |"
        " cute | happy |"
        "excited | sleepy | surprise | funny | dislike | cry | shocked | surprised | scary | wtf | upvote | downvote"
    )
)

_NET = (
    r"(?:facebook|twitter|x|linkedin|whats ?app|instagram|youtube|pinterest|reddit|telegram|tiktok|e-?mail|"
    r"social media)"
)
_BEGINNINGS: Final = (
    (
        NoiseKind.BOILERPLATE,
        (
            r"your e-?mail(?: address)? will not be (?:published|shared)|required fields are marked|"
            r"save my name,? e-?mail|you must be (?:logged|signed) in to|please (?:log|sign) in to (?:comment|"
            r"post|reply)|"
            r"this site uses akismet|notify me of (?:follow-?up|new) (?:comments|posts)|"
            r"(?:proudly )?powered by (?:wordpress|disqus|blogger|drupal|ghost)|"
            r"copyright\s*(?:©|\(c\)|\d{4})|(?:©|\(c\))\s*(?:copyright\s*)?(?:19|20)\d\d\b|all rights reserved\b|"
            r"deine e-mail-adresse wird nicht|ihre e-mail-adresse wird nicht|erforderliche felder sind|"
            r"votre adresse (?:e-?mail|de messagerie|courriel) ne sera pas|les champs obligatoires sont|"
            r"tu dirección de correo electrónico no será|su dirección de correo electrónico no será|"
            r"los campos obligatorios están|il tuo indirizzo e-?mail non sarà|het e-mailadres wordt niet|"
            r"o seu endereço de e-?mail não será|alle rechte vorbehalten\b|tous droits réservés\b|"
            r"todos los derechos reservados\b|\d+ (?:comments?|kommentare?|commentaires?|comentarios?)\W*$|"
            r"comments? \(\d+\)\W*$"
        ),
    ),
    (
        NoiseKind.SHARING,
        (
            r"like (?:it|this|what you (?:read|see))\b[^.?!]{0,30}[?!] (?:share|follow|tweet)|"
            r"(?:click (?:here )?to |please )?(?:share|tweet|pin|e-?mail|post|send)(?: (?:this|it))?"
            rf"(?: (?:article|post|page|story|link))? (?:on|via|by|to|with) (?:{_NET}|a friend|your friends|friends)\b|"
            rf"(?:follow|like|find|join) (?:us|me|our page) (?:on|at) {_NET}\b|what(?:'|’)?s your reaction\b|"
            r"(?:auf|bei|via|per) (?:facebook|twitter|whatsapp|linkedin|instagram|e-?mail) (?:teilen|folgen)|"
            r"(?:partager|partagez|suivez-nous) sur (?:facebook|twitter|linkedin|whatsapp|instagram)|"
            r"(?:compartir|comparte|síguenos) en (?:facebook|twitter|whatsapp|instagram|linkedin)"
        ),
    ),
    (
        NoiseKind.TEASER,
        (
            r"(?:read|see|watch) also\s*[:|–—-]|also read\s*[:|–—-]|read more\s*[:|–—-]|read next\s*[:|–—-]|"
            r"related\s*(?:stories|articles|posts|news|reading)?\s*:|more from [^.]{2,40}$|"
            r"(?:sign up|subscribe|register) (?:now |today |here )?(?:for|to|and get) [^.]{0,80}?"
            r"(?:newsletters?|inbox|e-?mail (?:updates|alerts|list)|updates|channel|mailing list|podcast|youtube)\b|"
            r"(?:get|receive) [^.]{0,80}(?:in|to|into) your inbox\b|enter your e-?mail(?: address)?(?: (?:below|"
            r"here))? (?:to|and)\b|"
            r"join our (?:newsletter|mailing list|telegram|whatsapp|community)\b|download (?:our|the) (?:free )?app\b|"
            r"watch (?:a |the |our )?(?:quick |short |full |live |explainer |trailer )+videos?\W*$|"
            r"(?:get|start) your free (?:trial|account)\b|"
            r"lesen sie (?:auch|dazu|mehr|hierzu)\s*[:|–—-]|mehr zum thema\s*[:|–—-]?|"
            r"(?:abonnieren|bestellen) sie (?:unseren|den|jetzt|hier) [^.]{0,60}newsletter|"
            r"melden sie sich [^.]{0,40}newsletter|"
            r"(?:à )?lire (?:aussi|également)\s*[:|–—-]|(?:abonnez|inscrivez)-vous à [^.]{0,60}(?:newsletter|"
            r"infolettre|lettre)|"
            r"(?:lee|leer|lea) también\s*[:|–—-]|te puede interesar\s*[:|–—-]|"
            r"(?:suscríbete|suscríbase|regístrate) (?:a|para|en) [^.]{0,60}(?:newsletter|boletín|canal)|"
            r"leggi anche\s*[:|–—-]|lees ook\s*[:|–—-]|leia também\s*[:|–—-]"
        ),
    ),
)
BEGINNINGS: Final = tuple((kind, re.compile(rf"(?:{form})", re.IGNORECASE)) for kind, form in _BEGINNINGS)
"""Forms of short lines, matched at their beginning; the whole line is noise then."""
FIRST_WORDS: Final = frozenset(
    """your required save you please this notify proudly powered copyright © (c) all deine ihre erforderliche votre les
    tu su los il het o alle tous todos comment comments like click share tweet pin email e-mail post send follow find
    join what's what’s whats auf bei via per partager partagez suivez-nous compartir comparte síguenos read see watch
    also related more sign subscribe register get receive enter download start lesen mehr abonnieren bestellen melden à
    lire abonnez-vous inscrivez-vous lee leer lea te suscríbete suscríbase regístrate leggi lees leia""".split()
)
"""The words that those lines begin with (a number may too); other lines need not be looked at."""

MORE: Final = listed(
    "read more | see more | show more | view more | learn more | find out more | continue reading | keep reading |"
    "read the full | read the rest | weiterlesen | mehr lesen | mehr erfahren | lire la suite | lire plus |"
    "en savoir plus | leer más | seguir leyendo | sigue leyendo | leggi tutto | continua a leggere | lees meer |"
    "lees verder | leia mais"
)
"""What links to the rest of an article are called, also where they are glued to a line."""
COOKIE_BANNER: Final = re.compile(
    r"we (?:and our partners )?(?:use|store|may use) (?:[\w,-]+ ){0,6}cookies|"
    r"(?:this|our|the) (?:web ?)?(?:site|page|platform)[\w ,]{0,40}? (?:uses?|stores?|places?|"
    r"sets?) (?:[\w,-]+ ){0,4}cookies|"
    r"by (?:continuing|using|clicking|browsing)[^.]{0,120}(?:cookies|privacy policy|terms of (?:use|service))|"
    r"(?:accept|allow|agree to|reject|manage|disable) (?:the use of |our |all |your )*cookies|"
    r"(?:wir|diese (?:web)?seite|diese website|unsere (?:web)?(?:seite|site)) (?:verwenden?t?|nutz(?:en|t)|"
    r"setz(?:en|t)|benutz(?:en|t)) (?:[\w,-]+ ){0,4}cookies|"
    r"(?:nous utilisons|ce site(?: web)? utilise|notre site utilise) (?:[\w',-]+ ){0,4}cookies|"
    r"en (?:poursuivant|continuant) (?:votre navigation|à naviguer)|"
    r"(?:utilizamos|usamos|este sitio(?: web)? (?:utiliza|usa)|esta (?:página )?web (?:utiliza|"
    r"usa)) (?:[\w,-]+ ){0,4}cookies|"
    r"(?:questo sito|utilizziamo) (?:[\w',-]+ ){0,4}(?:utilizza|usa|i)? ?(?:[\w',-]+ ){0,3}cookie",
    re.IGNORECASE,
)
APPEALS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        (
            r"\bplease\b|\bconsider\b|\bhelp us\b|\bbitte\b|\bhelfen sie\b|\bs'il vous plaît\b|\baidez\b|"
            r"\bpor favor\b|\bayúdanos\b"
        ),
        (
            r"\b(?:support|become a (?:member|patron|supporter) of) (?:our|us|this site|the (?:site|channel))\b|"
            r"\bsupporting (?:us|our)\b|"
            r"\bunterstützen sie (?:uns|unsere)|\bsoutene[zr][ -](?:nous|notre)|"
            r"\bapoya(?:r|nos|) (?:a |nuestr|este sitio)"
        ),
        (
            r"\bdonat(?:e|ions?|ing)\b|\bspenden?\b|\bfai(?:re|tes) un don\b|\bvos dons\b|\bdon(?:ar|ación|aciones|"
            r"ativo)\b"
        ),
        r"\b(?:subscribe|subscription|subscribing|membership|patreon|paypal)\b|\babonnement\b|\babonnez\b|\bsuscri",
        (
            r"\b(?:our (?:mission|journalism|reporting|work|cause)|independent journalism|reader-supported|ad-free)\b|"
            r"\bunsere(?:r|n)? (?:arbeit|mission)\b|\bnotre (?:mission|travail)\b|"
            r"\bnuestr[ao] (?:misión|trabajo|labor)\b"
        ),
    )
)
APPEAL_WORDS: Final = ("support us", "support our", "donat", "spende", "soutene", "un don", "apoya", "patreon")
SCREEN_WORDS: Final = re.compile(
    r"\b(?:click(?:ing|s)?|tap(?:ping)?|profile|settings|log(?:ged)? ?in|sign(?:ed)? ?(?:in|up)|password|"
    r"username|dashboard|"
    r"drop-?down|button|icon|customi[sz]e|selecting|your account|homepage|notifications?)\b",
    re.IGNORECASE,
)
