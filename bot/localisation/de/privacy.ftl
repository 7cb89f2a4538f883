# What is kept about a person (bot/privacy.py).

privacy-readme =
    Das hier speichert der Bot über dich, Stand { $made } UTC. Jede Datei ist JSON, mit einem Eintrag für jeden Datensatz.
    
    personas: die Figuren, die du beschworen hast; voices: wie sie klingen; portraits: wie sie aussehen
    turns: was du zu Figuren gesagt hast und was sie dir geantwortet haben
    summaries: was Figuren von älteren Gesprächen mit dir allein noch wissen
    facts: was Figuren über dich wissen
    requests: worum du zuletzt gebeten hast; charges und usages: was das gezählt und gekostet hat
    scenes, scene_lines: die Szenen, die du begonnen hast, und was du in Szenen geschrieben hast
    residents: Figuren, die du in einem Kanal wohnen lässt
    preferences, private_places: was du für dich selbst eingestellt hast
    
    Ein Porträt, das fehlt, passte nicht in die Datei. Nachrichten in Chats gehören der Plattform: Lösch sie dort.
