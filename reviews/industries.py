"""Industries: a canonical key, its label in each interface language, other names.

The keys follow the industry list that business networks and review sites share. A name
that is not in the list is stored and shown as the source gave it.
"""

from typing import NamedTuple

from django.utils.translation import get_language


class Industry(NamedTuple):
    """One industry: labels by interface language, and further names seen in dumps."""

    en: str
    es: str
    also: tuple[str, ...] = ()


INDUSTRIES: dict[str, Industry] = {
    "accounting": Industry("Accounting", "Contabilidad"),
    "airlines_aviation": Industry(
        "Airlines and aviation",
        "Aerolíneas y aviación",
        ("Líneas aéreas/aviación", "Airlines/Aviation"),
    ),
    "alternative_dispute_resolution": Industry(
        "Alternative dispute resolution", "Resolución alternativa de conflictos"
    ),
    "alternative_medicine": Industry("Alternative medicine", "Medicina alternativa"),
    "animation": Industry("Animation", "Animación"),
    "apparel_fashion": Industry("Apparel and fashion", "Moda y confección", ("Apparel & Fashion",)),
    "architecture_planning": Industry(
        "Architecture and planning", "Arquitectura y planificación", ("Architecture & Planning",)
    ),
    "arts_crafts": Industry(
        "Arts and crafts", "Artesanía", ("Arts and Crafts", "Arte y artesanía")
    ),
    "automotive": Industry("Automotive", "Automoción"),
    "aviation_aerospace": Industry(
        "Aviation and aerospace", "Industria aeroespacial y aviación", ("Aviation & Aerospace",)
    ),
    "banking": Industry("Banking", "Banca"),
    "biotechnology": Industry("Biotechnology", "Biotecnología"),
    "broadcast_media": Industry("Broadcast media", "Medios de difusión"),
    "building_materials": Industry("Building materials", "Materiales de construcción"),
    "business_supplies_equipment": Industry(
        "Business supplies and equipment",
        "Material y equipos de negocios",
        ("Business Supplies & Equipment",),
    ),
    "capital_markets": Industry("Capital markets", "Mercados de capital"),
    "chemicals": Industry("Chemicals", "Productos químicos"),
    "civic_social_organization": Industry(
        "Civic and social organisation",
        "Organización cívica y social",
        ("Civic & Social Organization",),
    ),
    "civil_engineering": Industry("Civil engineering", "Ingeniería civil"),
    "commercial_real_estate": Industry(
        "Commercial real estate", "Bienes inmobiliarios comerciales"
    ),
    "computer_games": Industry("Computer games", "Videojuegos"),
    "computer_hardware": Industry(
        "Computer hardware", "Hardware informático", ("Equipos informáticos",)
    ),
    "computer_network_security": Industry(
        "Computer and network security",
        "Seguridad informática y de redes",
        ("Computer & Network Security", "Seguridad del ordenador y de las redes"),
    ),
    "computer_networking": Industry(
        "Computer networking", "Redes informáticas", ("Interconexión en red",)
    ),
    "computer_software": Industry("Computer software", "Software informático"),
    "construction": Industry("Construction", "Construcción"),
    "consumer_electronics": Industry("Consumer electronics", "Electrónica de consumo"),
    "consumer_goods": Industry("Consumer goods", "Bienes de consumo", ("Artículos de consumo",)),
    "consumer_services": Industry("Consumer services", "Servicios al consumidor"),
    "cosmetics": Industry("Cosmetics", "Cosmética"),
    "dairy": Industry("Dairy", "Lácteos"),
    "defense_space": Industry("Defence and space", "Defensa y espacio", ("Defense & Space",)),
    "design": Industry("Design", "Diseño"),
    "e_learning": Industry("E-learning", "Aprendizaje en línea", ("E-Learning",)),
    "education_management": Industry("Education management", "Gestión educativa"),
    "electrical_electronic_manufacturing": Industry(
        "Electrical and electronic manufacturing",
        "Fabricación eléctrica y electrónica",
        ("Electrical/Electronic Manufacturing",),
    ),
    "entertainment": Industry("Entertainment", "Entretenimiento"),
    "environmental_services": Industry("Environmental services", "Servicios medioambientales"),
    "events_services": Industry("Events services", "Servicios de eventos"),
    "executive_office": Industry("Executive office", "Oficina ejecutiva"),
    "facilities_services": Industry("Facilities services", "Servicios infraestructurales"),
    "farming": Industry("Farming", "Agricultura"),
    "financial_services": Industry("Financial services", "Servicios financieros"),
    "fine_art": Industry("Fine art", "Bellas artes"),
    "fishery": Industry("Fishery", "Pesca"),
    "food_beverages": Industry(
        "Food and beverages", "Alimentación y bebidas", ("Food & Beverages",)
    ),
    "food_production": Industry("Food production", "Producción alimentaria"),
    "fund_raising": Industry("Fund-raising", "Recaudación de fondos"),
    "furniture": Industry("Furniture", "Mobiliario"),
    "gambling_casinos": Industry(
        "Gambling and casinos", "Apuestas y casinos", ("Gambling & Casinos",)
    ),
    "glass_ceramics_concrete": Industry(
        "Glass, ceramics and concrete",
        "Cristal, cerámica y hormigón",
        ("Glass, Ceramics & Concrete",),
    ),
    "government_administration": Industry(
        "Government administration", "Administración gubernamental"
    ),
    "government_relations": Industry("Government relations", "Relaciones gubernamentales"),
    "graphic_design": Industry("Graphic design", "Diseño gráfico"),
    "health_wellness_fitness": Industry(
        "Health, wellness and fitness",
        "Sanidad, bienestar y ejercicio",
        ("Health, Wellness & Fitness",),
    ),
    "higher_education": Industry("Higher education", "Enseñanza superior", ("Educación superior",)),
    "hospital_health_care": Industry(
        "Hospital and health care", "Atención sanitaria y hospitalaria", ("Hospital & Health Care",)
    ),
    "hospitality": Industry("Hospitality", "Hostelería"),
    "human_resources": Industry("Human resources", "Recursos humanos"),
    "import_export": Industry(
        "Import and export", "Importación y exportación", ("Import & Export",)
    ),
    "individual_family_services": Industry(
        "Individual and family services",
        "Servicios para el individuo y la familia",
        ("Individual & Family Services",),
    ),
    "industrial_automation": Industry("Industrial automation", "Automatización industrial"),
    "information_services": Industry("Information services", "Servicios de información"),
    "information_technology_services": Industry(
        "Information technology and services",
        "Tecnología y servicios de la información",
        ("Information Technology & Services",),
    ),
    "insurance": Industry("Insurance", "Seguros"),
    "international_affairs": Industry("International affairs", "Asuntos internacionales"),
    "international_trade_development": Industry(
        "International trade and development",
        "Comercio internacional y desarrollo",
        ("International Trade & Development",),
    ),
    "internet": Industry("Internet", "Internet"),
    "investment_banking": Industry("Investment banking", "Banca de inversiones"),
    "investment_management": Industry("Investment management", "Gestión de inversiones"),
    "judiciary": Industry("Judiciary", "Judicial"),
    "law_enforcement": Industry("Law enforcement", "Cumplimiento de la ley"),
    "law_practice": Industry("Law practice", "Derecho"),
    "legal_services": Industry("Legal services", "Servicios jurídicos"),
    "legislative_office": Industry("Legislative office", "Oficina legislativa"),
    "leisure_travel_tourism": Industry(
        "Leisure, travel and tourism", "Ocio, viajes y turismo", ("Leisure, Travel & Tourism",)
    ),
    "libraries": Industry("Libraries", "Bibliotecas"),
    "logistics_supply_chain": Industry(
        "Logistics and supply chain",
        "Logística y cadena de suministro",
        ("Logistics & Supply Chain",),
    ),
    "luxury_goods_jewelry": Industry(
        "Luxury goods and jewellery", "Artículos de lujo y joyas", ("Luxury Goods & Jewelry",)
    ),
    "machinery": Industry("Machinery", "Maquinaria"),
    "management_consulting": Industry(
        "Management consulting",
        "Consultoría de gestión",
        ("Consultoría de estrategia y operaciones",),
    ),
    "maritime": Industry("Maritime", "Naval"),
    "market_research": Industry("Market research", "Investigación de mercado"),
    "marketing_advertising": Industry(
        "Marketing and advertising", "Marketing y publicidad", ("Marketing & Advertising",)
    ),
    "mechanical_industrial_engineering": Industry(
        "Mechanical or industrial engineering", "Ingeniería mecánica o industrial"
    ),
    "media_production": Industry("Media production", "Producción multimedia"),
    "medical_devices": Industry("Medical devices", "Dispositivos médicos", ("Productos médicos",)),
    "medical_practice": Industry("Medical practice", "Profesiones médicas"),
    "mental_health_care": Industry("Mental health care", "Atención a la salud mental"),
    "military": Industry("Military", "Ejército"),
    "mining_metals": Industry("Mining and metals", "Minería y metalurgia", ("Mining & Metals",)),
    "motion_pictures_film": Industry(
        "Motion pictures and film", "Películas y cine", ("Motion Pictures & Film",)
    ),
    "museums_institutions": Industry(
        "Museums and institutions", "Museos e instituciones", ("Museums & Institutions",)
    ),
    "music": Industry("Music", "Música"),
    "nanotechnology": Industry("Nanotechnology", "Nanotecnología"),
    "newspapers": Industry("Newspapers", "Prensa"),
    "nonprofit_organization_management": Industry(
        "Non-profit organisation management",
        "Gestión de organizaciones sin ánimo de lucro",
        ("Nonprofit Organization Management", "Non-Profit Organization Management"),
    ),
    "oil_energy": Industry("Oil and energy", "Petróleo y energía", ("Oil & Energy",)),
    "online_media": Industry("Online media", "Medios de comunicación en línea"),
    "outsourcing_offshoring": Industry(
        "Outsourcing and offshoring", "Subcontrataciones", ("Outsourcing/Offshoring",)
    ),
    "package_freight_delivery": Industry(
        "Package and freight delivery", "Envío de paquetes y carga", ("Package/Freight Delivery",)
    ),
    "packaging_containers": Industry(
        "Packaging and containers", "Embalaje y contenedores", ("Packaging & Containers",)
    ),
    "paper_forest_products": Industry(
        "Paper and forest products", "Productos de papel y forestales", ("Paper & Forest Products",)
    ),
    "performing_arts": Industry("Performing arts", "Artes escénicas"),
    "pharmaceuticals": Industry("Pharmaceuticals", "Industria farmacéutica"),
    "philanthropy": Industry("Philanthropy", "Filantropía"),
    "photography": Industry("Photography", "Fotografía"),
    "plastics": Industry("Plastics", "Plásticos"),
    "political_organization": Industry(
        "Political organisation", "Organización política", ("Political Organization",)
    ),
    "primary_secondary_education": Industry(
        "Primary and secondary education",
        "Educación primaria y secundaria",
        ("Primary/Secondary Education",),
    ),
    "printing": Industry("Printing", "Imprenta"),
    "professional_training_coaching": Industry(
        "Professional training and coaching",
        "Formación profesional y capacitación",
        ("Professional Training & Coaching",),
    ),
    "program_development": Industry("Program development", "Desarrollo de programas"),
    "public_policy": Industry("Public policy", "Política pública"),
    "public_relations_communications": Industry(
        "Public relations and communications",
        "Relaciones públicas y comunicaciones",
        ("Public Relations & Communications",),
    ),
    "public_safety": Industry("Public safety", "Seguridad pública"),
    "publishing": Industry("Publishing", "Publicaciones", ("Sector editorial",)),
    "railroad_manufacture": Industry(
        "Railway manufacture", "Manufactura ferroviaria", ("Railroad Manufacture",)
    ),
    "ranching": Industry("Ranching", "Ganadería"),
    "real_estate": Industry("Real estate", "Bienes inmobiliarios"),
    "recreational_facilities_services": Industry(
        "Recreational facilities and services",
        "Instalaciones y servicios recreativos",
        ("Recreational Facilities & Services",),
    ),
    "religious_institutions": Industry("Religious institutions", "Instituciones religiosas"),
    "renewables_environment": Industry(
        "Renewables and environment",
        "Energías renovables y medio ambiente",
        ("Renewables & Environment",),
    ),
    "research": Industry("Research", "Investigación"),
    "restaurants": Industry("Restaurants", "Restaurantes"),
    "retail": Industry("Retail", "Comercio minorista", ("Venta al por menor",)),
    "security_investigations": Industry(
        "Security and investigations", "Seguridad e investigaciones", ("Security & Investigations",)
    ),
    "semiconductors": Industry("Semiconductors", "Semiconductores"),
    "shipbuilding": Industry("Shipbuilding", "Construcción naval"),
    "sporting_goods": Industry("Sporting goods", "Artículos deportivos"),
    "sports": Industry("Sports", "Deportes"),
    "staffing_recruiting": Industry(
        "Staffing and recruiting", "Dotación y selección de personal", ("Staffing & Recruiting",)
    ),
    "supermarkets": Industry("Supermarkets", "Supermercados"),
    "telecommunications": Industry("Telecommunications", "Telecomunicaciones"),
    "textiles": Industry("Textiles", "Sector textil"),
    "think_tanks": Industry("Think tanks", "Gabinetes estratégicos"),
    "tobacco": Industry("Tobacco", "Tabaco"),
    "translation_localization": Industry(
        "Translation and localisation", "Traducción y localización", ("Translation & Localization",)
    ),
    "transportation_trucking_railroad": Industry(
        "Transport, trucking and rail",
        "Transporte por carretera o ferrocarril",
        ("Transportation/Trucking/Railroad",),
    ),
    "utilities": Industry("Utilities", "Servicios públicos"),
    "venture_capital_private_equity": Industry(
        "Venture capital and private equity",
        "Capital de riesgo y capital privado",
        ("Venture Capital & Private Equity",),
    ),
    "veterinary": Industry("Veterinary", "Veterinaria"),
    "warehousing": Industry("Warehousing", "Almacenamiento"),
    "wholesale": Industry("Wholesale", "Venta al por mayor"),
    "wine_spirits": Industry("Wine and spirits", "Vinos y licores", ("Wine & Spirits",)),
    "wireless": Industry("Wireless", "Tecnología inalámbrica"),
    "writing_editing": Industry(
        "Writing and editing", "Escritura y edición", ("Writing & Editing",)
    ),
}


def industry_label(key: str) -> str:
    """Return the industry's name in the active language, or `key` itself if unknown."""
    industry = INDUSTRIES.get(key)
    if industry is None:
        return key
    return industry.es if (get_language() or "").startswith("es") else industry.en
