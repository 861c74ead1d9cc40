"""The function words of nine languages: words that a question is built with and not about, and that tell its language.

Languages are told apart only as far as these words go; it is no language identification for text without them.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")

ENGLISH = "english"

#: Each list is written as people write, with accents; where these are often left out, both forms stand here.
_LISTS: dict[str, str] = {
    ENGLISH: """
        a about above after again against all also although am an and any are aren as at be because been before
        being below between both but by can cannot could couldn d did didn do does doesn doing don down during each
        else ever every few for from further give given had hadn has hasn have haven having he her here hers herself
        him himself his how however i if in into is isn it its itself just let ll m may me might more most must my
        myself of off on once only onto or other ought our ours ourselves out over own per please rather re s said
        same say says shall she should shouldn so some such t tell than that the their theirs them themselves then
        there these they this those though through to told too toward towards under until unto up upon us ve very
        was wasn we were weren what whatever when where whether which while who whom whose why will with within
        without won would wouldn yes yet you your yours yourself
    """,
    "german": """
        aber alle allem allen aller alles als also am an andere anderen anderer auch auf aus bei beim bin bis bist
        da dabei dadurch dafür damit danach dann daran darauf daraus darin darüber das dass davon dazu daß dein
        deine dem den denen denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort du durch
        ein eine einem einen einer eines einige er es etwa etwas euch euer für gegen gibt habe haben hat hatte
        hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist ja jede jedem jeden
        jeder jedes jene kann kein keine keinen können könnte man manche mehr mein meine mich mir mit muss musste
        müssen nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind
        so solche soll sollte sondern sonst um und uns unser unter viel viele vom von vor wann war waren warum was weil
        welche welchem welchen welcher welches wem wen wenn wer werde werden wessen wie wieder wieviel wieviele will
        wir wird wo wobei wodurch wofür woher wohin womit woran worauf woraus worin worüber wovon wozu wurde wurden
        während würde zu zum zur zwar zwischen über
    """,
    "spanish": """
        a al algo alguna algunas alguno algunos ante antes aquel aquella así aun aunque bajo bien cada casi como con
        contra cual cuales cualquier cuando cuanta cuantas cuanto cuantos cuál cuáles cuándo cuánta cuántas cuánto
        cuántos cómo de debe del desde donde dos durante dónde e el ella ellas ellos en entre era eran es esa esas
        ese eso esos esta estas este esto estos está están fue fueron ha había habían hace hacia han hasta hay la
        las le les lo los me mediante mi mientras mis muy más nada ni no nos nosotros nuestra nuestro o os otra
        otras otro otros para pero poco por porque puede pueden pues que quien quienes quién quiénes qué se según
        ser si sido sin sobre son su sus sí también tan tanto te tenía tenían tiene tienen toda todas todo todos
        tras tu tus un una unas uno unos usted y ya yo él ésa
    """,
    "french": """
        ai au aucun aucune aujourd aussi autre autres aux avaient avait avec avoir c ce cela celle celles celui ces
        cet cette ceux chaque chez combien comme comment d dans de depuis des deux donc dont du elle elles en encore
        entre est et eu eut eux fait faut furent fut il ils j je jusqu l la laquelle le lequel les lesquelles
        lesquels leur leurs lors lorsque lui là m ma mais me mes moi mon même n ne ni nos notre nous on ont ou où
        par parce pas pendant peu peut peuvent plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s
        sa sans se selon sera ses si son sont sous sur t ta te tes toi ton tous tout toute toutes très tu un une
        vers vos votre vous y à étaient était été être
    """,
    "italian": """
        a ad agli ai al alla alle allo anche ancora aveva avevano c che chi ci come con contro cosa cui da dagli dai
        dal dalla dalle dallo degli dei del della delle dello di dopo dove due durante e ed era erano fra fu furono
        gli ha hanno i il in io l la le lei li lo loro lui ma me mentre mi molto ne negli nei nel nella nelle nello
        noi non nostra nostro o ogni per perché perciò più poi prima qual quale quali quando quanta quante quanti
        quanto quella quelle quelli quello questa queste questi questo qui s se sei senza si sia sono stata state
        stati stato su sua sue sugli sui sul sulla sulle sullo suo suoi tra tutta tutte tutti tutto un una uno voi è
    """,
    "portuguese": """
        a ao aos apenas aquela aquele aquilo as até cada com como contra da das de dela delas dele deles depois
        desde do dos durante e ela elas ele eles em entre era eram essa essas esse esses esta estas este estes está
        estão eu foi foram ha havia há isso isto já lhe mais mas me mesmo meu minha muito na nas nem no nos nossa
        nosso num numa não nós o onde os ou outra outras outro outros para pela pelas pelo pelos pode podem por
        porque porquê quais qual quando quanta quantas quanto quantos que quem quê se sem ser seu seus sido sob
        sobre sua suas são também te tem tinha tinham toda todas todo todos tu têm um uma uns você à às é
    """,
    "dutch": """
        aan al alle als altijd andere ben bij daar dan dat de der deze die dit doen door dus een eens en er ge geen
        had hadden heb hebben heeft hem het hier hij hoe hoeveel hun iemand iets ik in is ja je kan kon kunnen maar
        me meer men met mij mijn moet na naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen
        tijdens toch toen tot tussen u uit uw van veel voor waar waarom wanneer want waren was wat welk welke werd
        werden wie wiens wil worden wordt zal ze zelf zich zij zijn zo zonder zou
    """,
    "russian": """
        а без более бы был была были было быть в вам вас ваш вдоль ведь весь во вот все всего всех всё вы где для до
        его ее если есть еще ещё её же за и из или им их к как какая какие каким какими каких какова каково каковы
        какого какое какой каком какому какую когда кого ком кому которая которого которое которой котором которую
        которые который которых кроме кто куда ли либо между меня мне много могут может можно мой мы на над надо наш
        не него нее нет неё ни них но ну о об однако он она они оно от откуда очень по под после потом потому почему
        при про раз с сам свое своего своей свои своих свой свою себя сколько со так также такие такой там те тем то
        тогда того той только том тому тот ту ты у уже хотя чего чей чем через что чтобы чьи чья эта эти этих это
        этого этой этом этот эту я является являлась являлись являлся
    """,
    "arabic": """
        أن أو أي أيضا أين إلى إن التي الذي الذين اللذان الى ان او اي ايضا اين بأي بعد بعض بم بماذا به بها بهم بين
        تحت تلك ثم حتى حول حيث خلال دون ذلك سوف ضد عام على عليه عليها عن عند عندما غير فإن في فيما فيه فيها قبل قد
        كان كانت كانوا كل كم كما كيف لأن لأي لا لقد لكن لم لماذا لن له لها لهم ما ماذا متى مثل مع مما من منذ منه
        منها هذا هذه هل هم هناك هو هي و وفي وقد وكان ولا ولم ومن وهو وهي يتم يكون يمكن
    """,
}  # fmt: skip


@lru_cache(maxsize=1)
def _languages() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _LISTS.items()}


def stopwords(language: str) -> frozenset[str]:
    """The function words of a language, in lower case; empty for one that is not listed."""
    return _languages().get(language, frozenset())


def language_of(text: str) -> str:
    """The language most of whose function words stand in the text; English where none stand there, or as many."""
    written = [word.casefold() for word in _WORD.findall(text)]
    n_held = {language: sum(word in held for word in written) for language, held in _languages().items()}
    return max(n_held, key=lambda language: (n_held[language], language == ENGLISH))
