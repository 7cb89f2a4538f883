# What is kept about a person (bot/privacy.py).

privacy-readme =
    Voici ce que le bot conserve sur toi, au { $made } UTC. Chaque fichier est en JSON, avec une entrée par enregistrement.
    
    personas : les personnages que tu as invoqués ; voices : comment ils parlent ; portraits : à quoi ils ressemblent
    turns : ce que tu as dit aux personnages et ce qu’ils t’ont répondu
    summaries : ce que les personnages retiennent de conversations plus anciennes avec toi seul
    facts : ce que les personnages savent de toi
    requests : ce que tu as demandé récemment ; charges et usages : ce que cela a compté et coûté
    scenes, scene_lines : les scènes que tu as commencées et ce que tu as écrit dans des scènes
    residents : les personnages que tu as installés dans un salon
    preferences, private_places : ce que tu as réglé pour toi
    
    Un portrait manquant ne tenait pas dans le fichier. Les messages des discussions sont à la plateforme : supprime-les là-bas.
