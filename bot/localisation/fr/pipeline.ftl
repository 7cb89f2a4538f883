# Sentences of the pipeline, which knows English only: they are found again by their English (bot/localisation/foreign.py).

pipeline-concept-long = Utilise au plus { $most } caractères, par exemple : une pomme en colère.
pipeline-concept-unread = Je n’y ai reconnu ni chose ni personnage. Essaie quelques mots, comme : une pomme en colère.
pipeline-concept-rude = Restons gentils. Décris ton personnage avec des mots plus aimables.
pipeline-no-style = Il n’y a pas de style { $wished }. Il y a : { $known }.
pipeline-real-people = Je ne peins pas de personnes réelles. Décris quelqu’un, ou quelque chose, qui n’existe pas.

pipeline-picture-large = Cette image est trop grosse ; { $most } Mo au plus, s’il te plaît.
pipeline-picture-vast = Cette image est trop grande pour moi.
pipeline-picture-format = Ce fichier n’est pas une image que je sais ouvrir : PNG, JPEG, WebP ou GIF, s’il te plaît.
pipeline-picture-no-face = Je ne vois pas de visage dans cette image.
pipeline-picture-several = Il y a plusieurs visages dans cette image, et je ne sais pas duquel tu parles.
pipeline-picture-tiny = Le visage dans cette image est trop petit.
pipeline-picture-cut-off = Le visage dans cette image est coupé.
pipeline-picture-turned = Le visage dans cette image regarde ailleurs ; de face, il parle mieux.
pipeline-picture-unlikely = Je n’arrive pas à distinguer le visage dans cette image.

pipeline-voice-large = Ce message vocal est trop gros ; { $most } Mo au plus, s’il te plaît.
pipeline-voice-format = Ce fichier n’est pas un message vocal que je sais lire : Ogg, M4A, WebM, MP3 ou WAV, s’il te plaît.
pipeline-voice-damaged = Ce message vocal est abîmé, je ne peux pas le lire. Renvoie-le, s’il te plaît.
pipeline-voice-soundless = Il n’y a pas de son dans ce fichier.
pipeline-voice-long = Ce message vocal dure plus de { $most } secondes. Envoies-en un plus court, s’il te plaît.
pipeline-voice-nothing = Je ne t’ai pas entendu parler : il n’y a pas de parole dans ce message vocal.
pipeline-voice-unsure = Je n’ai pas compris ce que tu as dit. Redis-le un peu plus près du micro, ou écris-le.
pipeline-voice-english = { $why } Je ne comprends que l’anglais.

pipeline-no-words = { $name } n’a pas trouvé ses mots. Redis-le, s’il te plaît.
pipeline-lost-for-words = { $name } reste sans voix. Dis-le autrement, s’il te plaît.
pipeline-rude-words = Le modèle de langage n’a trouvé que des mots grossiers pour cela. Décris un autre personnage, s’il te plaît.
pipeline-stands-in = Le modèle de langage n’a pas pu répondre ; l’auteur de démonstration le remplace en attendant.
pipeline-animator-stands-in = L’animateur n’a pas pu répondre ; en attendant, un plus simple fait bouger le visage.
pipeline-voice-stands-in = Le service de voix n’a pas pu répondre ; en attendant, une de mes propres voix parle.
pipeline-voice-own = Le service de voix n’a pas pu répondre ; j’ai donc choisi une de mes propres voix.
pipeline-worker-died = Le processus qui s’en occupait s’est arrêté.
pipeline-unspoken = Aucune voix ici ne parle encore la langue de { $name } ({ $language }).
pipeline-voice-foreign = La voix de { $name } ne parle pas la langue de cette réponse ({ $language }).
pipeline-voice-no-further = La voix reste comme elle est : aucune ici ne va plus loin dans ce sens.
pipeline-unread-script = Aucune voix ici ne sait encore lire cette écriture à voix haute.
# What stands for all others, by the class of the error (pipeline/errors.py).
error-ChatAnythingError = Quelque chose n’a pas marché de notre côté.
error-MissingAsset = Il me manque une installation pour cela. La personne qui me gère peut y remédier.
error-EngineUnavailable = Ce qu’il me faut pour cela n’est pas configuré pour le moment. La personne qui me gère peut y remédier.
error-Unreachable = Un service dont j’ai besoin ne répond pas pour le moment.
error-EngineFailed = Ça n’a pas marché cette fois.
error-EngineBusy = Il y a beaucoup à faire en ce moment. Réessaie dans un instant.
error-TimedOut = Cela a pris trop de temps. Réessaie dans un instant.
error-Declined = Un filtre de contenu n’a pas voulu répondre à cela. Dis-le autrement, s’il te plaît.
error-ContextOverflow = C’est trop de texte à la fois.
error-StorageFailed = Je ne peux rien noter pour le moment.
