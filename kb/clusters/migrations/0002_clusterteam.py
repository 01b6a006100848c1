import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PREFIX = "Cluster: "


def teams_of_groups(apps, schema_editor):
    """Groups were found by the cluster's name until now; from here on a rename loses nobody."""
    Page = apps.get_model("wagtailcore", "Page")
    Group = apps.get_model("auth", "Group")
    ClusterTeam = apps.get_model("clusters", "ClusterTeam")
    clusters = Page.objects.filter(
        content_type__app_label="clusters",
        content_type__model="clusterpage",
        locale__language_code=settings.LANGUAGE_CODE,
    )
    for cluster in clusters.order_by("pk"):
        group = Group.objects.filter(name=f"{PREFIX}{cluster.title}"[:150]).first()
        if group is not None and not ClusterTeam.objects.filter(group=group).exists():
            ClusterTeam.objects.get_or_create(
                cluster_key=cluster.translation_key, defaults={"group": group}
            )


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('clusters', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClusterTeam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cluster_key', models.UUIDField(unique=True, verbose_name='cluster')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='cluster_team', to='auth.group', verbose_name='group')),
            ],
            options={
                'verbose_name': 'cluster team',
                'verbose_name_plural': 'cluster teams',
            },
        ),
        migrations.RunPython(teams_of_groups, migrations.RunPython.noop),
    ]
