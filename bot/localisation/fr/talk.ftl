# Lines said to characters, and where characters live (bot/discord: talking.py, living.py, permissions.py).

talk-look = Regarde ça.
talk-unheard = Je n’ai pas pu lire cela. Mentionne-moi dans ta réponse, ou utilise le bouton « { buttons-talk } » sous le personnage.
talk-picture-too-large = Cette image est trop grosse ; { $megabytes } Mo au plus, s’il te plaît.
talk-picture-lost = Cette image n’a pas pu être chargée. Renvoie-la, s’il te plaît.
talk-voice-too-large = Ce message vocal est trop long ; { $megabytes } Mo au plus, s’il te plaît.
talk-voice-lost = Ce message vocal n’a pas pu être chargé. Renvoie-le, s’il te plaît.

talk-missing-here =
    { $count ->
        [one] Je ne peux pas faire cela ici : il me faut la permission { $names } dans ce salon. Les responsables de ce serveur peuvent l’accorder.
       *[other] Je ne peux pas faire cela ici : il me faut les permissions { $names } dans ce salon. Les responsables de ce serveur peuvent les accorder.
    }
talk-missing-thread =
    { $count ->
        [one] Je ne peux pas faire cela ici : il me faut la permission { $names } dans ce fil. Les responsables de ce serveur peuvent l’accorder.
       *[other] Je ne peux pas faire cela ici : il me faut les permissions { $names } dans ce fil. Les responsables de ce serveur peuvent les accorder.
    }
talk-locked = Ce fil est verrouillé : personne ne peut y écrire tant que la modération ne l’a pas rouvert.

talk-deaf = Je n’entends pas ce qu’on écrit dans les salons, donc personne ne peut s’y installer. La personne qui gère ce bot doit d’abord activer « Message Content Intent ».
talk-settled = { $name } habite dans { $channel } et y répond à tout. Les lignes qui commencent par { $quiet } restent sans réponse ; `/{ cmd-unsettle }` y met fin.
talk-unsettled = Plus personne n’habite dans { $channel }.
talk-nobody-settled = Personne n’habite dans { $channel }.
talk-thread-made = { $name } t’attend dans { $thread }.
talk-settle-where = Les personnages peuvent habiter dans les salons textuels, les salons vocaux et les fils d’un serveur.
talk-thread-where = Un fil ne s’ouvre que dans un salon d’un serveur. Ici, tu peux simplement parler à { $name }.
