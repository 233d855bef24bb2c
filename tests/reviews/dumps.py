"""Small dumps in the shapes that marketplaces have, written for the tests."""

import json
from pathlib import Path
from typing import Any

GETAPP = """
Nimbo Campaign
Calificación general
Filtrar
Tamaño de la empresa
Tiempo usado
Opiniones de 1.204
- Sector: Marketing y publicidad
- Tamaño de la empresa: 2-10 empleados
- Software usado A diario durante Más de un año
-
Fuente de la reseña
Calificación general
- Relación calidad-precio
- Facilidad de uso
- Probabilidad de recomendación 8.0 /10
Buena herramienta para equipos pequeños
Revisado el 11/1/2023
Puntos a favor
Segmenta muy bien a los clientes y es rápida.
Puntos en contra
El precio sube cada año sin aviso previo.
Alternativas consideradas
Mandil, Correo VelozRazones para elegir Nimbo Campaign
Porque contestan en español.Software anterior
CartaRazones para cambiar a Nimbo Campaign
Se quedó pequeña.- Tamaño de la empresa: 11-50 empleados
-
Fuente de la reseña
Calificación general
Never again
Revisado el 19/2/2015
Going to do a short list here of what is wrong with it:
-It is slow in every browser we have tried so far.
-Nobody answers the phone when sending stops.
Puntos a favor
You can send emails with it.
Puntos en contra
There are too many things to list them all here.
Respuesta de Nimbo · Traducir a Español
Hi Mason,
we are sorry to hear of this.
Thanks,
Katie

"""


def trustpilot_review(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"id{number}",
        "text": f"The transfer arrived within the hour, number {number}.",
        "rating": 5,
        "labels": {
            "verification": {
                "isVerified": True,
                "reviewSourceName": "InvitationApi",
                "verificationLevel": "verified",
            }
        },
        "title": "Fast",
        "likes": 2,
        "dates": {"publishedDate": "2025-05-31T08:25:56.000Z"},
        "consumer": {"id": f"c{number}", "displayName": "Bo B.", "countryCode": "US"},
        "reply": {
            "message": "Thank you for your review.",
            "publishedDate": "2025-06-01T10:00:00.000Z",
            "updatedDate": None,
        },
        "language": "en",
        **changes,
    }


def write(path: Path, content: Any, encoding: str = "utf-8") -> Path:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_bytes(text.encode(encoding))
    return path


def csv_of(rows: int, start: int = 0) -> str:
    """A table of reviews, each different."""
    lines = ["review_id,rating,title,text,date,reply"]
    for n in range(start, start + rows):
        lines.append(
            f'{n},{n % 5 + 1},Title {n},"The service worked well for us, case {n}.",'
            f"2024-01-{n % 28 + 1:02},{'Thanks a lot.' if n % 3 == 0 else ''}"
        )
    return "\n".join(lines) + "\n"
