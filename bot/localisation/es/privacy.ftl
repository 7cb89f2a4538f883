# What is kept about a person (bot/privacy.py).

privacy-readme =
    Esto es lo que el bot guarda sobre ti, a fecha de { $made } UTC. Cada archivo es JSON, con una entrada por registro.
    
    personas: los personajes que has invocado; voices: cómo suenan; portraits: qué aspecto tienen
    turns: lo que has dicho a los personajes y lo que te han respondido
    summaries: lo que los personajes recuerdan de conversaciones anteriores contigo a solas
    facts: lo que los personajes saben de ti
    requests: lo que has pedido últimamente; charges y usages: lo que eso ha contado y costado
    scenes, scene_lines: las escenas que empezaste y lo que escribiste en escenas
    residents: los personajes que hiciste vivir en un canal
    preferences, private_places: lo que has ajustado para ti
    
    Un retrato que falta no cabía en el archivo. Los mensajes de los chats son de la plataforma: elimínalos allí.
