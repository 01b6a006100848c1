"""Words that carry grammar rather than meaning: they are not indexed and not asked for.

Short on purpose. A word that can be the point of a question ("Zeit", "Hilfe", "free") is not here.
"""

_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderen anderer anderes auch auf aus bei beim bereits
bevor bin bis bist bzw da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darin darüber
darum das dass dazu dein deine dem den denen denn der deren des deshalb dessen dich die dies diese diesem diesen dieser
dieses dir doch dort du durch durfte ein eine einem einen einer eines einige einigen einmal er es etwa etwas euch
euer eure für gegen geht gibt habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer
ihres im in indem ins ist ja jede jedem jeden jeder jedes jedoch jene jener jenes jetzt kann kein keine keinem keinen
keiner können könnte könnten macht machen man manche mancher manches mehr mein meine meinem meinen meiner mich mir mit
möchte möchten muss müssen musste nach nachdem neben nicht nichts noch nun nur ob obwohl oder ohne per schon sehr sei
sein seine seinem seinen seiner seines seit selbst sich sie sind so sobald sofern solche solcher solches soll sollen
sollte sollten sondern sonst soviel soweit sowie sowohl statt über um und uns unser unsere unserem unseren unserer unter
viel viele vielen vom von vor während wann war waren warum was weder weil weiter welche welchem welchen welcher welches
wenn wer werde werden weshalb wie wieder wieso wir wird wo wobei wodurch wofür wohin womit wurde wurden worauf worüber
zu zum zur zwar zwischen
"""

_ENGLISH = """
a about above after again all also am an and any are as at be because been before being below between both but by can
cannot could did do does doing don't down during each few for from further get got had has have having he her here hers
him his how i if in into is it its itself just let me might more most must my no nor not now of off on once only or
other our ours out over own quite same shall she should so some such than that the their theirs them then there these they
this those through to too under until up upon us very was we were what when where which while who whom why will with
would you your yours
"""

# Contractions lose their apostrophe in the tokeniser, so that "don't" arrives as "don" and "t".
STOP_WORDS: dict[str, frozenset[str]] = {
    "de": frozenset(_GERMAN.split()) | {"fuer", "ueber", "waehrend", "koennen", "moechte", "muessen"},
    "en": frozenset(_ENGLISH.replace("don't", "don").split()) | {"s", "t", "re", "ve", "ll"},
}

NO_STOP_WORDS: frozenset[str] = frozenset()
