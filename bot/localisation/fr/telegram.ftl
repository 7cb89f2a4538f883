# Telegram (bot/telegram).

telegram-ai = Personnage d’IA

telegram-start = Bonjour ! Je transforme quelques mots en un personnage avec un visage, une voix et un caractère. Essaie /summon une pomme en colère, et parle à qui viendra. Les personnages sont des programmes informatiques (IA) : ce qu’ils disent est inventé, tout comme leurs visages et leurs voix. /help dit ce que je sais faire.
telegram-help = Je transforme quelques mots en un personnage avec un visage, une voix et un caractère. En discussion privée, écris simplement ; dans un groupe, réponds à un personnage, appelle-le par son nom (« Pip, comment vas-tu ? ») ou mentionne-moi. Les personnages sont des programmes informatiques (IA) : ce qu’ils disent est inventé, tout comme leurs visages et leurs voix.
telegram-joined = Bonjour ! Je transforme quelques mots en personnages avec un visage, une voix et un caractère ; ce sont des programmes informatiques (IA), et ce qu’ils disent est inventé. Essayez /summon une pomme en colère. /help dit ce que je sais faire.
telegram-privacy-mode = Dans ce groupe, Telegram ne me laisse entendre que les commandes, les réponses à mes messages et les mentions. Pour que les personnages entendent leur nom, un administrateur me nomme aussi administrateur, ou mon propriétaire désactive le mode de confidentialité (@BotFather, /setprivacy) et m’ajoute à nouveau.
telegram-inline-title = Invoquer ce personnage
telegram-inline-chat = Parle avec moi
telegram-description = Écris /summon une pomme en colère, et un personnage arrive : avec un caractère, un visage, une voix, et un salut en vidéo ronde. Ensuite, parle-lui. Les personnages sont des programmes informatiques (IA) : ce qu’ils disent est inventé.
telegram-short-description = Transforme quelques mots en un personnage d’IA qui parle.
telegram-ai-long = Un personnage d’IA : ce qu’il dit est inventé par un ordinateur.
telegram-summoned-with = Invoqué avec les mots
telegram-privacy = Je conserve les personnages que tu invoques, ce que tu leur dis et ce qu’ils te disent, ce qu’ils apprennent de toi et la façon dont tu veux qu’on te réponde ; rien de tout cela ne sert à autre chose. /memory montre ce que sait un personnage, /forget le lui fait oublier, /export (en discussion privée) t’envoie tout, /delete everything supprime tout.

telegram-nobody = Il n’y a encore personne. Invoque quelqu’un : /summon une pomme en colère
telegram-gone = Ce personnage n’est plus ici.
telegram-nothing-said = Je n’ai pas pu lire cela. Écris-le, ou envoie une image ou un message vocal.
telegram-look = Regarde ça.
telegram-picture-large = Cette image est trop grosse ; { $megabytes } Mo au plus, s’il te plaît.
telegram-voice-large = Cet enregistrement est trop gros ; { $megabytes } Mo au plus, s’il te plaît.
telegram-not-loaded = Je n’ai pas pu charger cela. Renvoie-le, s’il te plaît.
telegram-summon-words = Qui dois-je invoquer ? Par exemple : /summon une pomme en colère · /summon une pomme en colère, style : noir, voix : grave et âgée
telegram-option-style = style
telegram-option-voice = voix
telegram-talk-words = Que veux-tu dire ? Par exemple : /talk Pip, comment vas-tu ?
telegram-talk-invite = Que dis-tu à { $name } ?
telegram-gallery-here = Personnages de ce groupe, page { $number } sur { $pages }
telegram-rename-words = Écris le nom, une virgule et le nouveau nom : /rename Pip, Pippa
telegram-renamed = Le personnage s’appelle maintenant { $name }.
telegram-shared = Qui ouvre ce lien peut parler à { $name } : { $link }
telegram-recall-words = Qui dois-je faire venir ? Écris un nom, ou le code d’un personnage partagé : /recall Pip
telegram-answer-words = Les personnages doivent-ils te répondre par écrit, de vive voix ou en clip ? Écris /answer text, /answer voice, /answer video ou /answer any. Suivi d’un nom, cela vaut pour ce personnage : /answer voice Pip
telegram-memory-empty = { $name } ne sait encore rien de toi.
telegram-forgotten =
    { $facts ->
        [0] { $name } ne savait rien de cela sur toi.
        [one] { $name } a oublié une chose sur toi.
       *[other] { $name } a oublié { $facts } choses sur toi.
    }
telegram-settled = { $name } répond désormais à tout ici. /unsettle y met fin.
telegram-unsettled = Plus personne ne répond à tout ici.
telegram-settings-words = Écris un nom et une valeur : /settings language fr · /settings summoners everyone ou moderators · /settings answer text, voice ou video · /settings person 5 et /settings place 50 (personnages par jour) · /settings quiet // (début des lignes auxquelles personne ne répond) · /settings topics here, not ou all (où je parle). La valeur « default » annule le réglage. /settings audit montre qui a invoqué qui.
telegram-settled-in = { $name } répond à tout dans le sujet { $topic }.
telegram-audit = Qui a invoqué qui ici, page { $number } sur { $pages }
telegram-audit-nobody = Personne n’a encore été invoqué ici.
telegram-scene-words = Plusieurs personnages dans une même conversation : /scene start Pip, Vieux Chêne: une nuit d’orage · /scene add Fougère · /scene remove Pip · /scene narrate Il pleut. · /scene pause · /scene resume · /scene end · /scene transcript · /scene film. Devant les noms peut se trouver qui parle : free, round, mentioned ou picked.
telegram-scene-file = Je n’ai pas pu envoyer le fichier. Réessaie : /scene transcript
telegram-left = { $name } s’en va.
telegram-nothing-to-retry = Tu n’as encore invoqué personne ici. Invoque quelqu’un : /summon une pomme en colère
telegram-only-private = Demande-le-moi dans une discussion privée.
telegram-delete-words = Cela supprime pour de bon tes personnages, ce que tu as dit et ce qu’ils savent de toi. Si c’est ce que tu veux, écris : /delete everything
telegram-not-yours = Ce bouton est à quelqu’un d’autre.
telegram-deleted = Tout est supprimé.

telegram-command-summon = Transforme quelques mots en un personnage
telegram-command-talk = Dis quelque chose à un personnage
telegram-command-personas = Les personnages qui sont ici
telegram-command-persona = Qui est un personnage
telegram-command-restyle = Donne un nouveau portrait à un personnage
telegram-command-revoice = Donne une nouvelle voix à un personnage
telegram-command-retry = Un autre personnage avec les mêmes mots
telegram-command-dismiss = Congédie un personnage
telegram-command-rename = Donne un autre nom à un personnage
telegram-command-share = Un lien vers un personnage, pour d’autres
telegram-command-recall = Fais venir un personnage dans cette discussion
telegram-command-settle = Laisse un personnage répondre à tout ici
telegram-command-unsettle = Plus personne ne répond à tout ici
telegram-command-scene = Plusieurs personnages dans une même conversation
telegram-command-settings = Ce qui vaut dans ce groupe
telegram-command-answer = Comment les personnages te répondent : texte, voix ou vidéo
telegram-command-memory = Ce qu’un personnage sait de toi
telegram-command-forget = Fais en sorte qu’un personnage t’oublie
telegram-command-export = Tout ce que je conserve sur toi, dans un fichier
telegram-command-delete = Supprime tout ce que je conserve sur toi
telegram-command-privacy = Ce que je conserve, et comment le voir et le supprimer
telegram-command-help = Ce que je sais faire
